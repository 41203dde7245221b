import TokenCore

/// When and why a session ended, as far as the records show.
struct SessionEndView {
    let at: Timestamp
    /// A few words.
    let words: String
    let isReuse: Bool

    /// - Parameter events: those of the session's subject, the newest first.
    init(of session: Session, expiresAt: Timestamp, events: [EventRecord], in text: any Texts) {
        if let ending = session.record.ending {
            at = ending.at
            isReuse = ending.reason == .reuse
            words = SessionEndView.words(for: ending.reason, in: text)
        } else if !session.isOpen {
            // Ended together with all sessions of its subject, which changes no row of the session.
            let cause = events.last { event in
                [.logoutAll, .passwordChanged, .userDisabled, .userDeleted].contains(event.kind)
                    && event.at >= session.record.createdAt
            }
            at = cause?.at ?? session.subject.epoch
            words = cause?.kind == .passwordChanged ? text.endedPasswordChanged : text.endedWithOthers
            isReuse = false
        } else {
            at = expiresAt
            words = text.endedExpired
            isReuse = false
        }
    }

    private static func words(for reason: EndReason, in text: any Texts) -> String {
        switch reason {
        case .logout: text.endedSignedOut
        case .reuse: text.endedReuse
        case .rollback: text.endedRollback
        case .endedByOwner: text.endedByYou
        case .endedByAdministrator: text.endedByAdministrator
        case .revokedByClient: text.endedByApplication
        case .sessionLimit: text.endedByNewer
        case .upstreamLogout: text.endedAtProvider
        // A reason of a newer version.
        default: text.endedOtherwise
        }
    }
}
