/// Ends every session of a subject, on every device, by advancing its epoch: one row, however many there are.
package struct EndAllSessions: Command {
    package var requester: Requester
    package var address: String?

    package enum Requester: Sendable {
        case holder(SessionCredential)
        case administrator(SubjectID)
    }

    package enum Outcome: Sendable, Equatable {
        case ended(Int)
        case refused(Refusal)
    }

    package init(by requester: Requester, address: String? = nil) {
        self.requester = requester
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        switch requester {
        case .holder(let credential): keys.insert(subjectOf: credential)
        case .administrator(let subject): keys.subjects.insert(subject)
        }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let subject: SubjectRecord
        switch requester {
        case .administrator(let id):
            guard let known = try transaction.subject(id) else { return .refused(.unknown) }
            subject = known
        case .holder(let credential):
            switch try transaction.authorize(credential) {
            case .granted(let session): subject = session.subject
            case .refused(let refusal, let session):
                if case .refreshToken(_, let client) = credential, let session {
                    transaction.applyPenalty(refusal, session, client: client, address: address)
                }
                return .refused(refusal)
            }
        }
        let (advanced, ended) = try transaction.advanceEpoch(of: subject)
        transaction.publishSessions(before: advanced)
        transaction.record(
            EventRecord(.logoutAll, at: transaction.now, subject: advanced.id, address: address, detail: "\(ended) sessions"))
        return .ended(ended)
    }
}
