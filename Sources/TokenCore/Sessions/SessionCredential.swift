/// What a caller shows to act as a session.
package enum SessionCredential: Sendable {
    /// The session id of an access token that was verified.
    case session(SessionID)
    /// A refresh token, and the client that the caller says it is.
    case refreshToken(RefreshToken, ClientID?)
}
