/// All that a judgement needs of a session: its two rows and its subject's.
package struct Family: Sendable, Equatable {
    package var session: Session
    package var token: RefreshTokenRecord
    package var subject: Subject

    package init(session: Session, token: RefreshTokenRecord, subject: Subject) {
        self.session = session
        self.token = token
        self.subject = subject
    }

    /// Whether somebody ended it: by itself, or with all sessions of its subject.
    package var isRevoked: Bool {
        session.ending != nil || session.epoch != subject.epoch || subject.state != .active
    }

    /// When it ends by itself if nothing more happens.
    package func expiry(idleLifetimeSeconds: Int) -> Timestamp {
        min(session.expiresAt, token.rotatedAt + idleLifetimeSeconds)
    }

    package func isLive(at now: Timestamp, idleLifetimeSeconds: Int) -> Bool {
        !isRevoked && now < expiry(idleLifetimeSeconds: idleLifetimeSeconds)
    }
}
