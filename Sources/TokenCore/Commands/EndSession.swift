/// Ends one session. Idempotent: ending a dead one, or one that never was, changes nothing.
package struct EndSession: Command {
    package var session: SessionID
    package var reason: SessionRecord.Reason
    /// Who may: the session must belong to the subject that acts.
    package var owner: Owner
    package var address: String?

    package enum Owner: Sendable {
        /// The caller holds an authentic token of the session, or is an operator.
        case anyone
        /// The caller acts as this live session, and ends it or another one of the same subject.
        case subject(of: SessionID)
        /// The caller is the client that the session was opened for.
        case client(ClientID)
    }

    package enum Outcome: Sendable, Equatable {
        case ended
        /// No such session, not the caller's, or ended already.
        case notFound
        /// The session that the caller acts as is not live.
        case refused(Refusal)
    }

    package init(
        _ session: SessionID, reason: SessionRecord.Reason, owner: Owner = .anyone, address: String? = nil
    ) {
        self.session = session
        self.reason = reason
        self.owner = owner
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.insert(sessionWithSubject: session)
        if case .subject(of: let id) = owner { keys.sessions.insert(id) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        var acting: SubjectID?
        if case .subject(of: let id) = owner {
            switch try transaction.authorize(.session(id)) {
            case .granted(let session): acting = session.subject.id
            case .refused(let refusal, _): return .refused(refusal)
            }
        }
        guard let session = try transaction.session(session), !session.isRevoked else { return .notFound }
        if let acting, session.subject.id != acting { return .notFound }
        if case .client(let client) = owner, session.record.client != client { return .notFound }
        transaction.end(session, reason: reason)
        transaction.record(
            EventRecord(
                .logout, at: transaction.now, subject: session.subject.id, session: session,
                client: session.record.client, address: address, detail: reason.rawValue))
        return .ended
    }
}
