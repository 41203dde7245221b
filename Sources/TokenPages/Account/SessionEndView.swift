import TokenCore

/// When and why a session ended, as far as the records show.
struct SessionEndView {
    let at: Timestamp
    /// A few words.
    let words: String
    let isReuse: Bool

    /// - Parameter events: those of the session's subject, the newest first.
    init(of session: Session, expiresAt: Timestamp, events: [EventRecord]) {
        if let ending = session.record.ending {
            at = ending.at
            isReuse = ending.reason == .reuse
            words = SessionEndView.words(for: ending.reason)
        } else if !session.isOpen {
            // Ended together with all sessions of its subject, which changes no row of the session.
            let cause = events.last { event in
                [.logoutAll, .passwordChanged, .userDisabled, .userDeleted].contains(event.kind)
                    && event.at >= session.record.createdAt
            }
            at = cause?.at ?? session.subject.epoch
            words = cause?.kind == .passwordChanged ? "password changed" : "ended with all others"
            isReuse = false
        } else {
            at = expiresAt
            words = "expired"
            isReuse = false
        }
    }

    private static func words(for reason: EndReason) -> String {
        switch reason {
        case .logout: "signed out"
        case .reuse: "a token was used again"
        case .rollback: "did not match the records"
        case .endedByOwner: "ended by you"
        case .endedByAdministrator: "ended by an administrator"
        case .revokedByClient: "ended by the application"
        case .sessionLimit: "ended by a newer sign-in"
        case .upstreamLogout: "signed out at the provider"
        // A reason of a newer version.
        default: "ended"
        }
    }
}
