import Synchronization
package import TokenCore

/// A clock that stands still until it is moved.
package final class TestClock: Sendable {
    private let time: Mutex<Timestamp>

    package init(at start: Timestamp = Timestamp(seconds: 1_800_000_000)) { time = Mutex(start) }

    package var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    package func advance(seconds: Double) {
        time.withLock { $0.milliseconds += Int64(seconds * 1000) }
    }

    package var clock: Clock { { self.now } }
}
