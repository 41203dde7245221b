/// What a caller shows to act as a session.
package enum SessionCredential: Sendable {
    /// The session of an access token that was verified, and what the proof beside it uses up; nil for a token that is
    /// not bound.
    case session(SessionID, use: UsedOnce? = nil)
    /// A refresh token, with the client that the caller says it is.
    case refreshToken(Presentation)

    /// The session that the credential names.
    package var session: SessionID {
        switch self {
        case .session(let id, _): id
        case .refreshToken(let presentation): presentation.token.session
        }
    }

    /// What its proof uses up.
    package var use: UsedOnce? {
        switch self {
        case .session(_, let use): use
        case .refreshToken(let presentation): presentation.proof.proof?.use
        }
    }
}
