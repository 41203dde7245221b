/// Sets a new password and ends the sessions that the old one may have opened.
package struct ChangePassword: Command {
    package var requester: Requester
    package var password: PasswordHash
    package var address: String?

    package enum Requester: Sendable {
        /// The owner, who showed the password of this version while acting as this session, which is kept.
        case owner(SessionID, passwordVersion: Int)
        case administrator(SubjectID)
    }

    package enum Outcome: Sendable, Equatable {
        case changed
        case refused(Refusal)
        /// The password was changed since it was checked, or there is no such user.
        case stale
    }

    package init(by requester: Requester, to password: PasswordHash, address: String? = nil) {
        self.requester = requester
        self.password = password
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        switch requester {
        case .owner(let session, _): keys.insert(sessionWithSubject: session)
        case .administrator(let subject): keys.subjects.insert(subject)
        }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        switch requester {
        case .administrator(let id):
            guard let user = try transaction.subject(id), transaction.setPassword(password, of: user) else {
                return .stale
            }
            _ = try transaction.advanceEpoch(of: id)
            try transaction.publishAllSessions(of: id)
            transaction.record(
                EventRecord(.passwordChanged, at: transaction.now, subject: id, detail: "by an administrator"))
        case .owner(let id, let version):
            let user: SubjectRecord?
            switch try transaction.status(of: .session(id)) {
            case .live(let session): user = try transaction.subject(session.subject.id)
            case .refused(let refusal, _): return .refused(refusal)
            }
            guard let user, user.account?.passwordVersion == version, transaction.setPassword(password, of: user) else {
                return .stale
            }
            _ = try transaction.endSessions(of: user.id, except: id)
            transaction.record(
                EventRecord(.passwordChanged, at: transaction.now, subject: user.id, session: id, address: address))
        }
        return .changed
    }
}
