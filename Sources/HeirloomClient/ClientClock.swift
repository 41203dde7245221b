import Foundation

/// The clocks of a client and the way it sleeps. Tests pass clocks that stand still.
package struct ClientClock: Sendable {
    private static let start = ContinuousClock.now

    /// Returns the present moment.
    package let now: @Sendable () -> ClientInstant
    /// Suspends the task for a duration.
    package let sleep: @Sendable (Duration) async -> Void

    /// Uses the clocks of the machine where no other is given.
    package init(
        now: @escaping @Sendable () -> ClientInstant = {
            ClientInstant(unix: Int(Date().timeIntervalSince1970), uptime: .now - start)
        },
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.sleep = sleep
    }
}
