/// A breach of the promise that a run checks.
package struct Violation: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
