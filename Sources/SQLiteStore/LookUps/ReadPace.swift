package import NIOCore

/// Bounds how long the look-ups of an event loop block it: slow ones, of pages that are not in memory, take at most a
/// tenth of its time. A state machine without I/O.
package struct ReadPace {
    /// A look-up that takes longer is slow.
    private static let slow = TimeAmount.milliseconds(1)
    /// How much time slow look-ups may take in a row.
    private static let allowance = TimeAmount.milliseconds(10)
    private static let pauseAfterFailure = TimeAmount.seconds(1)

    /// When the time that slow look-ups took is a tenth of the time that has passed.
    private var balance = NIODeadline.uptimeNanoseconds(0)

    package init() {}

    /// Whether a look-up may run on the loop.
    package func permits(at now: NIODeadline) -> Bool { balance <= now + ReadPace.allowance * 10 }

    /// Counts a look-up.
    package mutating func took(from start: NIODeadline, to end: NIODeadline) {
        // If the process was stopped for minutes during a look-up, look-ups would pause for hours without this limit.
        let time = min(end - start, .seconds(1))
        if time > ReadPace.slow { balance = max(balance, start) + time * 10 }
    }

    /// Permits no look-up for a second.
    package mutating func failed(at now: NIODeadline) {
        balance = now + ReadPace.allowance * 10 + ReadPace.pauseAfterFailure
    }
}
