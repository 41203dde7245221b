import Synchronization
import TokenVerifier

/// A clock that stands still until a test moves it. Tasks that sleep wait for that.
final class StoppedClock: Sendable {
    private let start: Int
    private let waiters: Waiters
    private let elapsed = Mutex(Duration.zero)

    /// - Parameters:
    ///   - start: the wall-clock time in Unix seconds.
    ///   - waiters: where sleeping tasks wait.
    init(at start: Int, waiters: Waiters) {
        self.start = start
        self.waiters = waiters
    }

    private var uptime: Duration { elapsed.withLock { $0 } }

    /// Moves both clocks and wakes the tasks whose sleep is over.
    func advance(by duration: Duration) {
        elapsed.withLock { $0 += duration }
        waiters.wake()
    }

    /// The clocks for a verifier.
    var clock: VerifierClock {
        VerifierClock(
            now: { self.start + Int(self.uptime.components.seconds) }, uptime: { self.uptime },
            sleep: { duration in
                let deadline = self.uptime + duration
                try await self.waiters.wait { self.uptime >= deadline }
            })
    }
}
