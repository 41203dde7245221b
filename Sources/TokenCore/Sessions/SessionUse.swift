/// The columns of an open session that the session limit needs.
package struct SessionUse: Sendable, Equatable {
    package let id: SessionID
    package let client: ClientID
    /// The last rotation, or the login.
    package var lastUsedAt: Timestamp
    /// The end of the absolute lifetime.
    package let expiresAt: Timestamp
    /// See ``Session/isOfRegisteredClient``.
    package let isOfRegisteredClient: Bool

    package init(
        id: SessionID, client: ClientID, lastUsedAt: Timestamp, expiresAt: Timestamp, isOfRegisteredClient: Bool
    ) {
        self.id = id
        self.client = client
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.isOfRegisteredClient = isOfRegisteredClient
    }

    package init(_ session: Session) {
        self.init(
            id: session.id, client: session.record.client, lastUsedAt: session.token.rotatedAt,
            expiresAt: session.record.expiresAt, isOfRegisteredClient: session.isOfRegisteredClient)
    }

    func isLive(at now: Timestamp, idleLifetimeSeconds: Int) -> Bool {
        isOfRegisteredClient && now < min(expiresAt, lastUsedAt + idleLifetimeSeconds)
    }
}
