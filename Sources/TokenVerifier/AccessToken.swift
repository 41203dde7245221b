/// An access token in the JWT profile of RFC 9068 that was verified. Times are Unix seconds.
public struct AccessToken: Sendable, Equatable {
    public let issuer: String
    public let subject: String
    public let audience: [String]
    public let clientID: String
    public let issuedAt: Int
    public let expiresAt: Int
    /// `jti`: names this one token.
    public let id: String
    /// `sid`: the session it belongs to; nil for a client that acts for itself.
    public let sessionID: String?
    public let scope: Set<String>
    /// When the subject was last authenticated; a refresh does not change it.
    public let authenticatedAt: Int?
    /// How it was authenticated (RFC 8176).
    public let authenticationMethods: [String]

    package init(
        issuer: String, subject: String, audience: [String], clientID: String, issuedAt: Int, expiresAt: Int,
        id: String, sessionID: String?, scope: Set<String>, authenticatedAt: Int?, authenticationMethods: [String]
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
    }
}
