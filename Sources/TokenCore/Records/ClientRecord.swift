/// A row of `clients`: an application that holds tokens.
package struct ClientRecord: Sendable, Equatable {
    package let id: ClientID
    /// SHA-256 of each secret that is valid now, at most two, the newer first; empty for a client that has none.
    package var secretHashes: [[UInt8]]
    /// The public keys it signs assertions with, as a JWK set; nil for none.
    package var jwks: String?
    package var accessTokenFormat: AccessTokenFormat
    /// What its tokens may carry; nil for anything.
    package var allowedScope: Scope?
    package var createdAt: Timestamp

    package enum AccessTokenFormat: String, Sendable, CaseIterable { case jwt, opaque }

    package init(
        id: ClientID, secretHashes: [[UInt8]] = [], jwks: String? = nil, accessTokenFormat: AccessTokenFormat = .jwt,
        allowedScope: Scope? = nil, createdAt: Timestamp
    ) {
        self.id = id
        self.secretHashes = secretHashes
        self.jwks = jwks
        self.accessTokenFormat = accessTokenFormat
        self.allowedScope = allowedScope
        self.createdAt = createdAt
    }

    /// The public client that needs no registration.
    package static let web = ClientRecord(id: .web, createdAt: Timestamp(milliseconds: 0))

    package var isConfidential: Bool { !secretHashes.isEmpty || jwks != nil }

    /// Whether `secret` is one of the client's. Takes the same time wherever the first difference is.
    package func accepts(secret: String) -> Bool {
        let presented = TokenHash(of: Array(secret.utf8))
        return secretHashes.count { TokenHash(bytes: $0) == presented } > 0
    }
}
