/// Checks whether the service can work. A check costs a commit, so that callers share one: an answer comes from a check
/// that is under way, or that ended within the last half second.
package actor ReadinessProbe {
    private static let lifetime = Duration.milliseconds(500)

    private let check: @Sendable () async throws -> Void
    private let clock: @Sendable () -> ContinuousClock.Instant
    private var running: Task<Bool, Never>?
    private var last: (isReady: Bool, endedAt: ContinuousClock.Instant)?

    /// - Parameters:
    ///   - clock: the time now.
    ///   - check: throws when the service cannot work.
    package init(
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        check: @escaping @Sendable () async throws -> Void
    ) {
        self.clock = clock
        self.check = check
    }

    /// Whether the service can work.
    package func isReady() async -> Bool {
        if let running { return await running.value }
        if let last, clock() - last.endedAt < ReadinessProbe.lifetime { return last.isReady }
        let probe = Task { [check] in
            do {
                try await check()
                return true
            } catch {
                return false
            }
        }
        running = probe
        let isReady = await probe.value
        last = (isReady, clock())
        running = nil
        return isReady
    }
}
