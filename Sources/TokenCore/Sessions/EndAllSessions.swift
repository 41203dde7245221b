/// Ends every session of a subject, on every device, by advancing the subject's epoch: one row, however many sessions
/// there are. Changes nothing when none is open.
package struct EndAllSessions: Command {
    package var requester: Requester
    package var address: String?

    package enum Requester: Sendable {
        /// Somebody who acts as a session of the subject.
        case holder(SessionCredential)
        case administrator(of: SubjectID)
    }

    package enum Outcome: Sendable, Equatable {
        /// How many sessions were open.
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
        let subject: SubjectID
        switch requester {
        case .administrator(let id):
            guard let known = try transaction.subject(id) else { return .refused(.unknown) }
            guard known.openSessions > 0 else { return .ended(0) }
            subject = id
        case .holder(let credential):
            switch try transaction.status(of: credential) {
            case .live(let session): subject = session.subject.id
            case .refused(let refusal, let session):
                if case .refreshToken(let presentation) = credential, let session {
                    try transaction.applyPenalty(
                        refusal, to: session, client: presentation.client, address: address)
                }
                return .refused(refusal)
            }
        }
        let ended = try transaction.advanceEpoch(of: subject)
        try transaction.publishAllSessions(of: subject)
        transaction.record(
            EventRecord(
                .logoutAll, at: transaction.now, subject: subject, address: address, detail: "\(ended) sessions"))
        return .ended(ended)
    }
}
