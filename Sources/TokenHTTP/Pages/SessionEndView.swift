import TokenCore

/// How and when a session came to its end, as far as the records tell.
struct SessionEndView {
    let at: Timestamp
    /// A few words.
    let words: String
    let isReuse: Bool

    /// - Parameter events: of the session's subject, the newest first.
    init(of session: Session, events: [EventRecord], idleLifetimeSeconds: Int) {
        if let ending = session.record.ending {
            at = ending.at
            isReuse = ending.reason == .reuse
            words = SessionEndView.words(for: ending.reason)
        } else if session.isRevoked {
            // Left behind by an advance of its subject's epoch, which writes no row of the session's own.
            let cause = events.last { event in
                [.logoutAll, .passwordChanged, .userDisabled, .userDeleted].contains(event.kind)
                    && event.at >= session.record.createdAt
            }
            at = cause?.at ?? session.subject.epoch
            words = cause?.kind == .passwordChanged ? "password changed" : "ended with all others"
            isReuse = false
        } else {
            at = session.expiry(idleLifetimeSeconds: idleLifetimeSeconds)
            words = "ran out"
            isReuse = false
        }
    }

    private static func words(for reason: SessionRecord.Reason) -> String {
        switch reason {
        case .logout: "signed out"
        case .reuse: "a used token came back"
        case .rollback: "did not fit the records"
        case .passwordChanged: "password changed"
        case .endedByOwner: "ended by you"
        case .endedByAdministrator: "ended by an administrator"
        case .revokedByClient: "ended by the application"
        }
    }
}
