/// The clocks of a verifier and the way it sleeps. Tests pass clocks that stand still.
package struct VerifierClock: Sendable {
    private static let start = ContinuousClock.now

    /// Returns the wall-clock time in Unix seconds.
    package let now: @Sendable () -> Int
    /// Returns the time since a fixed instant. Changes of the wall clock do not affect it.
    package let uptime: @Sendable () -> Duration
    /// Suspends the task for a duration. Throws `CancellationError` when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    /// Uses the clocks of the machine where no other is given.
    package init(
        now: @escaping @Sendable () -> Int = AccessTokenVerifier.systemTime,
        uptime: @escaping @Sendable () -> Duration = { .now - start },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }
}
