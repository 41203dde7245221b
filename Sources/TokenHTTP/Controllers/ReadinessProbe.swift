import SessionEngine
import TokenSigning

/// Checks whether the store can be written and the key ring can be read. Concurrent callers share one check, since a
/// check costs a commit.
actor ReadinessProbe {
    private let sessions: SessionService
    private let ring: KeyRing
    private var running: Task<Bool, Never>?

    init(sessions: SessionService, ring: KeyRing) {
        self.sessions = sessions
        self.ring = ring
    }

    func isReady() async -> Bool {
        if let running { return await running.value }
        let probe = Task { [sessions, ring] in
            do {
                _ = try await ring.reload()
                try await sessions.probeWrite()
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
