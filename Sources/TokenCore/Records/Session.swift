/// All that a judgement needs of a session: its two rows, its subject's and its client's.
package struct Session: Sendable, Equatable {
    package var session: SessionRecord
    package var token: RefreshTokenRecord
    package var subject: SubjectRecord
    /// The session's client; nil when it was removed. Stands for a public one until somebody has looked it up.
    package var client: ClientRecord?

    package init(session: SessionRecord, token: RefreshTokenRecord, subject: SubjectRecord) {
        self.session = session
        self.token = token
        self.subject = subject
        client = session.client == .web ? .web : ClientRecord(id: session.client, createdAt: session.createdAt)
    }

    /// Whether somebody ended it: by itself, or with all sessions of its subject or of its client.
    package var isRevoked: Bool {
        session.ending != nil || session.epoch != subject.epoch || subject.state != .active || isLeftByClient
    }

    /// Whether its client was removed; one that was added again under the same name is another client.
    private var isLeftByClient: Bool { client.map { $0.createdAt > session.createdAt } ?? true }

    /// When it ends by itself if nothing more happens.
    package func expiry(idleLifetimeSeconds: Int) -> Timestamp {
        min(session.expiresAt, token.rotatedAt + idleLifetimeSeconds)
    }

    package func isLive(at now: Timestamp, idleLifetimeSeconds: Int) -> Bool {
        !isRevoked && now < expiry(idleLifetimeSeconds: idleLifetimeSeconds)
    }
}
