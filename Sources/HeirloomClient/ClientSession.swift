/// The session that a ``HeirloomClient`` holds. It has no secrets.
public struct ClientSession: Sendable, Equatable {
    /// The id of the session.
    public let id: String
    /// The user or machine that the session belongs to.
    public let subject: String
    /// The granted scope, separated by spaces; empty if there is none.
    public let scope: String
    /// Whether the tokens are bound to a key that this client holds (RFC 9449). A service that does not support this
    /// opens sessions that are not bound.
    public let isBound: Bool
}
