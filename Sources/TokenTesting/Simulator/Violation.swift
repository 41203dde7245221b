/// What a run did that must never happen.
package struct Violation: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
