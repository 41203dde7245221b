/// A row of `clients`: an application that holds tokens.
package struct ClientRecord: Sendable, Equatable {
    package let id: ClientID
    /// The hashes of the secrets that are valid now, at most two, the newer first.
    package var secretHashes: [ClientSecretHash]
    /// The public keys that verify its assertions, as a JWK set; nil for none.
    package var jwks: String?
    package var accessTokenFormat: AccessTokenFormat
    /// The scope that it may ask for; nil for any, which only clients of older versions may.
    package var allowedScope: Scope?
    /// What it may do if it is confidential.
    package var permissions: Set<Permission>
    package var limits: ClientLimits
    /// Whether it gets no token without a proof (`dpop_bound_access_tokens`, RFC 9449 §5.2).
    package var requiresProof: Bool
    package var createdAt: Timestamp

    package enum AccessTokenFormat: String, Sendable, CaseIterable { case jwt, opaque }

    /// - Parameter permissions: nil for those of a new client.
    package init(
        id: ClientID, secretHashes: [ClientSecretHash] = [], jwks: String? = nil,
        accessTokenFormat: AccessTokenFormat = .jwt, allowedScope: Scope? = Scope.none,
        permissions: Set<Permission>? = nil, limits: ClientLimits = ClientLimits(), requiresProof: Bool = false,
        createdAt: Timestamp
    ) {
        self.id = id
        self.secretHashes = secretHashes
        self.jwks = jwks
        self.accessTokenFormat = accessTokenFormat
        self.allowedScope = allowedScope
        self.permissions = permissions ?? (secretHashes.isEmpty && jwks == nil ? [] : Permission.usual)
        self.limits = limits
        self.requiresProof = requiresProof
        self.createdAt = createdAt
    }

    /// The built-in public client as it is in a new database.
    package static let web = ClientRecord(id: .web, createdAt: Timestamp(milliseconds: 0))

    package var isConfidential: Bool { !secretHashes.isEmpty || jwks != nil }

    /// Whether `secret` is one of the client's. Compares in constant time.
    package func accepts(secret: String) -> Bool {
        let presented = ClientSecretHash(of: secret)
        return secretHashes.count { $0 == presented } > 0
    }
}
