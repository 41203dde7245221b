/// Ends every session of a subject but the one that acts.
package struct EndOtherSessions: Command {
    package var kept: SessionID
    package var address: String?

    package enum Outcome: Sendable, Equatable {
        case ended(Int)
        case refused(Refusal)
    }

    package init(than kept: SessionID, address: String? = nil) {
        self.kept = kept
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) { keys.insert(sessionWithSubject: kept) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let session: Session
        switch try transaction.authorize(.session(kept)) {
        case .granted(let granted): session = granted
        case .refused(let refusal, _): return .refused(refusal)
        }
        var (advanced, openBefore) = try transaction.advanceEpoch(of: session.subject)
        advanced.openSessions = 1
        transaction.save(advanced)
        transaction.keep(session, in: advanced.epoch)
        try transaction.publishSessions(of: advanced.id, except: kept)
        let ended = max(0, openBefore - 1)
        transaction.record(
            EventRecord(
                .logoutAll, at: transaction.now, subject: advanced.id, session: kept, address: address,
                detail: "\(ended) other sessions"))
        return .ended(ended)
    }
}
