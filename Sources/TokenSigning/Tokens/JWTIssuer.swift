import SessionEngine
import StrictCoding
package import TokenCore

/// Issues access tokens in the JWT profile of RFC 9068, written straight to bytes.
package struct JWTIssuer: Sendable {
    private let ring: KeyRing
    package let issuer: String
    package let audience: [String]
    package let lifetimeSeconds: Int
    private let entropy: Entropy

    /// - Parameter lifetimeSeconds: of every token, unless its session expires before.
    package init(
        ring: KeyRing, issuer: String, audience: [String], lifetimeSeconds: Int, entropy: Entropy = .system
    ) {
        self.ring = ring
        self.issuer = issuer
        self.audience = audience
        self.lifetimeSeconds = lifetimeSeconds
        self.entropy = entropy
    }

    /// An access token for a live session.
    ///
    /// - Parameter scope: of this token; nil for the session's scope.
    package func issue(
        for session: Session, boundBy binding: TokenBinding, scope: Scope? = nil, at now: Timestamp
    ) throws -> IssuedToken {
        let record = session.record
        return try mint(
            subject: record.subject, client: record.client, scope: scope ?? record.scope, binding,
            issuedAt: session.issueTime(at: now), expiresAt: expiry(of: record, at: now), now: now.seconds
        ) { json in
            json.member("sid", record.id.description)
            json.member("auth_time", record.authenticatedAt.seconds)
            json.member("amr", record.authenticationMethods)
            if let claims = session.claims { json.members(claims.members) }
        }
    }

    /// An access token for a client that acts for itself: it has no session and so no `sid`, `auth_time` and `amr`.
    package func issue(
        to client: ClientID, boundBy binding: TokenBinding, scope: Scope, at now: Timestamp
    ) throws -> IssuedToken {
        try mint(
            subject: SubjectID(of: client), client: client, scope: scope, binding, issuedAt: now.seconds,
            expiresAt: now.seconds + lifetimeSeconds, now: now.seconds
        ) { _ in }
    }

    /// When a token that is issued now expires: never after its session.
    func expiry(of session: SessionRecord, at now: Timestamp) -> Int {
        min(now.seconds + lifetimeSeconds, session.expiresAt.seconds)
    }

    private func mint(
        subject: SubjectID, client: ClientID, scope: Scope, _ binding: TokenBinding, issuedAt: Int,
        expiresAt: Int, now: Int, also members: (inout JSONWriter) -> Void
    ) throws -> IssuedToken {
        var claims = JSONWriter(capacity: 512)
        claims.object { json in
            json.member("iss", issuer)
            json.member("sub", subject.value)
            if audience.count == 1 { json.member("aud", audience[0]) } else { json.member("aud", audience) }
            json.member("client_id", client.value)
            json.member("iat", issuedAt)
            json.member("exp", expiresAt)
            json.member("jti", Base64URL.encode((entropy.bytes() as RandomBytes<16>).bytes))
            if !scope.isEmpty { json.member("scope", scope.description) }
            if let key = binding.key { json.member("cnf", object: { $0.member("jkt", key.text) }) }
            members(&json)
        }
        return IssuedToken(
            token: try ring.snapshot.current.sign(claims.bytes), expiresInSeconds: max(0, expiresAt - now),
            scope: scope, binding: binding)
    }
}
