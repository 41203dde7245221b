import Synchronization
package import TokenCore

/// A clock that changes only when a test sets it, forward or back.
package final class TestClock: Sendable {
    private let time: Mutex<Timestamp>

    /// A clock that shows `start`.
    package init(at start: Timestamp = Timestamp(seconds: 1_800_000_000)) { time = Mutex(start) }

    /// The time that the clock shows.
    package var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    /// Moves the clock by a number of seconds, rounded to milliseconds.
    package func advance(seconds: Double) { advance(milliseconds: Int((seconds * 1000).rounded())) }

    /// Moves the clock.
    package func advance(milliseconds: Int) { time.withLock { $0.milliseconds += Int64(milliseconds) } }

    /// The clock as the services take it.
    package var clock: Clock { { self.now } }
}
