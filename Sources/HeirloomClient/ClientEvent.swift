/// What happened to the session of a ``HeirloomClient``.
public enum ClientEvent: Sendable, Equatable {
    /// A login has opened the session, or the store holds one that this client has not used before.
    case signedIn(ClientSession)
    /// The session has new tokens, from a refresh of this client or of another process.
    case refreshed(ClientSession)
    /// The session is over.
    case signedOut(SignOutReason)
    /// The store failed, with its reason. The session is kept.
    case storeFailed(String)
}
