/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(seconds: Int) { milliseconds = Int64(seconds) * 1000 }

    /// Whole seconds, rounded down: a NumericDate (RFC 7519 §2).
    package var seconds: Int { Int((Double(milliseconds) / 1000).rounded(.down)) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package static func + (time: Timestamp, seconds: Int) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + Int64(seconds) * 1000)
    }

    /// The seconds from `right` to `left`, with fractions.
    package static func - (left: Timestamp, right: Timestamp) -> Double {
        Double(left.milliseconds - right.milliseconds) / 1000
    }
}

/// A source of time: the machine's clock, or a test's.
package typealias Clock = @Sendable () -> Timestamp

extension Timestamp {
    /// The smallest step of time.
    package struct Step: Sendable { fileprivate let milliseconds: Int64 }

    package static func + (time: Timestamp, step: Step) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + step.milliseconds)
    }
}

extension Timestamp.Step {
    package static let millisecond = Timestamp.Step(milliseconds: 1)
}
