import TokenCore
import TokenSigning

/// Whether the store can be written and the key ring read. Asked at most once a second, however many ask: the answer costs
/// a commit.
actor ReadinessProbe {
    private let sessions: SessionService
    private let ring: KeyRing
    private var last: (at: ContinuousClock.Instant, probe: Task<Bool, Never>)?

    init(sessions: SessionService, ring: KeyRing) {
        self.sessions = sessions
        self.ring = ring
    }

    func isUsable() async -> Bool {
        if let last, .now - last.at < .seconds(1) { return await last.probe.value }
        let probe = Task { [sessions, ring] in
            do {
                _ = try await ring.reload()
                try await sessions.lane.submit(Touch())
                return true
            } catch {
                return false
            }
        }
        last = (.now, probe)
        return await probe.value
    }
}
