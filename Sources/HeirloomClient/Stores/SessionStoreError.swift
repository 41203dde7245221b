/// The failure of a ``SessionStore``.
public struct SessionStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed and why, without secrets.
    public let description: String

    /// Makes an error with its reason.
    public init(_ description: String) { self.description = description }
}
