import Synchronization
package import TokenCore

/// A clock that stands still until it is told to jump, forward or back.
package final class SimulatedClock: Sendable {
    private let time: Mutex<Timestamp>

    package init(_ start: Timestamp) { time = Mutex(start) }

    package var now: Timestamp { time.withLock { $0 } }

    package func jump(milliseconds: Int) {
        time.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + Int64(milliseconds)) }
    }
}
