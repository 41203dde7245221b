package import StrictCoding
package import TokenCore

/// Users, clients and signing keys as the admin API and the command line show them.
extension JSONWriter {
    /// Writes the members of a user. The name of one who came from a provider may be null. One who has a password has
    /// no `has_password`.
    package mutating func user(_ user: SubjectRecord) {
        member("subject", user.id.value)
        member(named: "username", value: user.account?.username.map { .string($0) } ?? .null)
        member("state", user.state.rawValue)
        if user.account?.password == nil { member("has_password", false) }
        if let claims = user.claims { member("claims", object: { $0.members(claims.members) }) }
        member("created_at", user.createdAt.description)
    }

    /// Writes the members of an identity.
    package mutating func identity(_ identity: IdentityRecord) {
        member("issuer", identity.identity.issuer)
        member("sub", identity.identity.providerSubject)
        member("subject", identity.subject.value)
        member("created_at", identity.createdAt.description)
        if let at = identity.lastUsedAt { member("last_used_at", at.description) }
    }

    /// Writes the members of a client, without its secrets. A client that may ask for any scope has no `scope`, a
    /// public one no `permissions`, one that demands no proofs no `dpop_bound_access_tokens`, and a limit that it does
    /// not have of its own is absent.
    package mutating func client(_ client: ClientRecord) {
        member("client_id", client.id.value)
        member("confidential", client.isConfidential)
        member("secrets", client.secretHashes.count)
        if let jwks = client.jwks { member("jwks", json: Array(jwks.utf8)) }
        member("access_token_format", client.accessTokenFormat.rawValue)
        if let scope = client.allowedScope { member("scope", scope.description) }
        if client.isConfidential { member("permissions", client.permissionNames) }
        if let seconds = client.limits.idleLifetimeSeconds { member("idle_lifetime", seconds) }
        if let seconds = client.limits.absoluteLifetimeSeconds { member("absolute_lifetime", seconds) }
        if let seconds = client.limits.retryWindowSeconds { member("retry_window", seconds) }
        if client.requiresProof { member("dpop_bound_access_tokens", true) }
        member("created_at", client.createdAt.description)
    }

    /// Writes the members of a signing key, without the private key.
    package mutating func signingKey(_ key: SigningKeyRecord) {
        member("kid", key.id.value)
        member("algorithm", key.algorithm.rawValue)
        member("state", key.state.rawValue)
        member("created_at", key.createdAt.description)
        if let at = key.activatedAt { member("activated_at", at.description) }
        if let at = key.expiresAt { member("expires_at", at.description) }
    }
}
