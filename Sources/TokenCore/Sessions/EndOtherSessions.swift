/// Ends every session of a subject but the one that the caller acts as. Changes nothing when there is no other one.
package struct EndOtherSessions: Command {
    package var kept: SessionID
    package var address: String?

    package enum Outcome: Sendable, Equatable {
        /// How many other sessions were open.
        case ended(Int)
        case refused(Refusal)
    }

    package init(than kept: SessionID, address: String? = nil) {
        self.kept = kept
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) { keys.insert(sessionWithSubject: kept) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let subject: SubjectID
        switch try transaction.status(of: .session(kept)) {
        case .live(let session): subject = session.subject.id
        case .refused(let refusal, _): return .refused(refusal)
        }
        guard let record = try transaction.subject(subject), record.openSessions > 1 else { return .ended(0) }
        let ended = try transaction.endSessions(of: subject, except: kept)
        transaction.record(
            EventRecord(
                .logoutAll, at: transaction.now, subject: subject, session: kept, address: address,
                detail: "\(ended) other sessions"))
        return .ended(ended)
    }
}
