import StrictCoding
import TokenCore
import TokenVerifier

/// The claims of an access token of either format.
struct AccessTokenClaims: Sendable {
    /// `jti`.
    let id: String
    /// Nil for a client that acts for itself.
    let session: SessionID?
    let client: ClientID
    let scope: Scope
    /// The key that the token is bound to; nil for none.
    let key: KeyThumbprint?
    /// Unix seconds.
    let issuedAt: Int
    /// Unix seconds.
    let expiresAt: Int

    /// Nil for claims that this service does not make.
    init?(_ token: AccessToken) {
        guard let scope = Scope(token.scope.sorted().joined(separator: " ")) else { return nil }
        session = token.sessionID.flatMap { SessionID($0) }
        guard session != nil || token.sessionID == nil else { return nil }
        self.scope = scope
        id = token.id
        client = ClientID(token.clientID)
        issuedAt = token.issuedAt
        expiresAt = token.expiresAt
        key = token.key
    }

    init(_ token: ReferenceToken) {
        id = token.id
        session = token.session
        client = token.client
        scope = token.scope
        key = token.key
        issuedAt = token.issuedAt
        expiresAt = token.expiresAt
    }
}
