/// The position of a refresh token in its session, counted from 0.
package struct Generation: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt32

    package init(_ number: UInt32) { self.number = number }

    package static let first = Generation(0)

    package var next: Generation { Generation(number + 1) }

    /// How many rotations lie between this generation and a later one.
    package func distance(to later: Generation) -> Int { Int(later.number) - Int(number) }

    package static func < (left: Generation, right: Generation) -> Bool { left.number < right.number }

    package var description: String { String(number) }
}
