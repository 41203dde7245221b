import SessionEngine
package import TokenCore

/// Issues access tokens in the format that their client is registered for: JWTs or reference tokens.
package struct AccessTokenIssuer: Sendable {
    private let issuer: JWTIssuer
    private let references: ReferenceTokenKeys
    private let entropy: Entropy

    package init(issuer: JWTIssuer, references: ReferenceTokenKeys, entropy: Entropy = .system) {
        self.issuer = issuer
        self.references = references
        self.entropy = entropy
    }

    /// An access token for a live session.
    ///
    /// - Parameter scope: of this token; nil for the session's scope.
    package func issue(
        for session: Session, boundBy binding: TokenBinding, scope: Scope? = nil, at now: Timestamp
    ) throws -> IssuedToken {
        guard session.client?.accessTokenFormat == .opaque else {
            return try issuer.issue(for: session, boundBy: binding, scope: scope, at: now)
        }
        return issueReference(for: session, boundBy: binding, scope: scope, at: now)
    }

    /// A reference token for a live session, whatever its client is registered for.
    package func issueReference(
        for session: Session, boundBy binding: TokenBinding, scope: Scope? = nil, at now: Timestamp
    ) -> IssuedToken {
        reference(
            session: session.record.id, client: session.record.client, scope: scope ?? session.record.scope, binding,
            issuedAt: session.issueTime(at: now), expiresAt: issuer.expiry(of: session.record, at: now),
            now: now.seconds)
    }

    /// An access token for a client that acts for itself.
    package func issue(
        to client: ClientRecord, boundBy binding: TokenBinding, scope: Scope, at now: Timestamp
    ) throws -> IssuedToken {
        guard client.accessTokenFormat == .opaque else {
            return try issuer.issue(to: client.id, boundBy: binding, scope: scope, at: now)
        }
        return reference(
            session: nil, client: client.id, scope: scope, binding, issuedAt: now.seconds,
            expiresAt: now.seconds + issuer.lifetimeSeconds, now: now.seconds)
    }

    private func reference(
        session: SessionID?, client: ClientID, scope: Scope, _ binding: TokenBinding, issuedAt: Int,
        expiresAt: Int, now: Int
    ) -> IssuedToken {
        let token = ReferenceToken(
            session: session, client: client, scope: scope, key: binding.key, issuedAt: issuedAt,
            expiresAt: expiresAt, id: entropy.bytes())
        return IssuedToken(
            token: references.seal(token), expiresInSeconds: max(0, expiresAt - now), scope: scope, binding: binding)
    }
}
