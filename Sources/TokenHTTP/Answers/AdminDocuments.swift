package import StrictCoding
package import TokenCore

/// What the command line and the admin API tell of users, clients, keys and events.
extension JSONWriter {
    package mutating func user(_ user: SubjectRecord) {
        member("subject", user.id.value)
        member("username", user.account?.username ?? "")
        member("state", user.state.rawValue)
        member("created_at", user.createdAt.description)
    }

    package mutating func client(_ client: ClientRecord) {
        member("client_id", client.id.value)
        member("confidential", client.isConfidential)
        member("secrets", client.secretHashes.count)
        if let jwks = client.jwks { member("jwks", json: Array(jwks.utf8)) }
        member("access_token_format", client.accessTokenFormat.rawValue)
        if let scope = client.allowedScope { member("scope", scope.description) }
        member("created_at", client.createdAt.description)
    }

    package mutating func signingKey(_ key: SigningKeyRecord) {
        member("kid", key.id)
        member("algorithm", key.algorithm)
        member("state", key.state.rawValue)
        member("created_at", key.createdAt.description)
        if let at = key.activatedAt { member("activated_at", at.description) }
        if let at = key.expiresAt { member("expires_at", at.description) }
    }

    package mutating func event(_ recorded: StoredEvent) {
        let event = recorded.event
        member("id", recorded.number)
        member("kind", event.kind.rawValue)
        member("at", event.at.description)
        if let subject = event.subject { member("subject", subject.value) }
        if let session = event.session { member("session_id", session.description) }
        if let client = event.client { member("client_id", client.value) }
        if let address = event.address { member("address", address) }
        if let detail = event.detail { member("detail", detail) }
    }
}
