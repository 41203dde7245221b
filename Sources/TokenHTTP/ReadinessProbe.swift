import TokenCore
import TokenSigning

/// Whether the store can be written and the key ring read. One probe at a time, however many ask: the answer costs a
/// commit.
actor ReadinessProbe {
    private let sessions: SessionService
    private let ring: KeyRing
    private var running: Task<Bool, Never>?

    init(sessions: SessionService, ring: KeyRing) {
        self.sessions = sessions
        self.ring = ring
    }

    func isUsable() async -> Bool {
        if let running { return await running.value }
        let probe = Task { [sessions, ring] in
            do {
                _ = try await ring.reload()
                try await sessions.lane.submit(WriteProbe())
                return true
            } catch {
                return false
            }
        }
        running = probe
        defer { running = nil }
        return await probe.value
    }
}
