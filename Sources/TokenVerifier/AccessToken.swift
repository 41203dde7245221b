package import StrictCoding

/// A verified access token in the JWT profile of RFC 9068. Times are Unix seconds.
public struct AccessToken: Sendable, Equatable {
    /// The token service that issued the token: `iss`.
    public let issuer: String
    /// The user or, for a client's own token, `client:` and the client's name: `sub`.
    public let subject: String
    /// The APIs that the token is for: `aud`.
    public let audience: [String]
    /// The client that the token was issued to: `client_id`.
    public let clientID: String
    /// When the token was issued: `iat`.
    public let issuedAt: Int
    /// When the token expires: `exp`.
    public let expiresAt: Int
    /// The unique identifier of the token: `jti`.
    public let id: String
    /// The session that the token belongs to: `sid`. Nil for a client's own token.
    public let sessionID: String?
    /// The scopes that were granted: `scope`.
    public let scope: Set<String>
    /// When the subject was last authenticated: `auth_time`. A refresh does not change it.
    public let authenticatedAt: Int?
    /// How the subject was authenticated: `amr`, with the values of RFC 8176.
    public let authenticationMethods: [String]
    /// The key that the token is bound to: the `jkt` of `cnf`. Nil for a bearer token.
    package let key: KeyThumbprint?
    /// The claims that have no property here, such as roles.
    public let claims: Claims

    /// Makes a token from claims that have been verified.
    package init(
        issuer: String, subject: String, audience: [String], clientID: String, issuedAt: Int, expiresAt: Int,
        id: String, sessionID: String?, scope: Set<String>, authenticatedAt: Int?, authenticationMethods: [String],
        key: KeyThumbprint? = nil, claims: Claims = Claims()
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.clientID = clientID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.id = id
        self.sessionID = sessionID
        self.scope = scope
        self.authenticatedAt = authenticatedAt
        self.authenticationMethods = authenticationMethods
        self.key = key
        self.claims = claims
    }

    /// The thumbprint (RFC 7638) of the key that the token is bound to, in base64url: `cnf.jkt` (RFC 9449 §6.1). Nil
    /// for a bearer token.
    public var keyThumbprint: String? { key?.text }
}
