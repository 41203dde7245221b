import TokenCore
import TokenVerifier

/// What an access token says of itself, whichever its format.
struct AccessTokenClaims: Sendable {
    /// Names this one token.
    let id: String
    /// Nil for a client that acts for itself.
    let session: SessionID?
    let client: ClientID
    let scope: Scope
    /// Unix seconds.
    let issuedAt: Int
    /// Unix seconds.
    let expiresAt: Int

    /// - Throws: ``TokenVerifier/TokenRefusal/badClaims`` for a token that this version would not have made.
    init(_ token: AccessToken) throws(TokenRefusal) {
        guard let scope = Scope(token.scope.sorted().joined(separator: " ")) else { throw .badClaims }
        var session: SessionID?
        if let text = token.sessionID {
            guard let id = SessionID(text) else { throw .badClaims }
            session = id
        }
        self.session = session
        self.scope = scope
        id = token.id
        client = ClientID(token.clientID)
        issuedAt = token.issuedAt
        expiresAt = token.expiresAt
    }

    init(_ token: ReferenceToken) {
        id = token.id
        session = token.session
        client = token.client
        scope = token.scope
        issuedAt = token.issuedAt
        expiresAt = token.expiresAt
    }
}
