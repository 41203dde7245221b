/// Ends one session. Idempotent: ending a session that is ended, or that never was, changes nothing.
package struct EndSession: Command {
    package var session: SessionID
    package var owner: Owner
    package var reason: EndReason
    package var address: String?

    /// On whose behalf the session is ended.
    package enum Owner: Sendable {
        /// Somebody who showed an authentic token of this session.
        case tokenHolder
        case administrator
        /// The caller acts as this live session, and ends it or another session of the same subject.
        case subject(of: SessionCredential)
        /// The client that the session was opened for.
        case client(ClientID)
    }

    package enum Outcome: Sendable, Equatable {
        case ended
        /// No such session, not the caller's, or ended already.
        case notFound
        /// The session that the caller acts as is not live.
        case refused(Refusal)
    }

    package init(_ session: SessionID, by owner: Owner, reason: EndReason, address: String? = nil) {
        self.session = session
        self.owner = owner
        self.reason = reason
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.insert(sessionWithSubject: session)
        if case .subject(of: let credential) = owner {
            keys.sessions.insert(credential.session)
            if let use = credential.use { keys.uses.insert(use) }
        }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        var actingSubject: SubjectID?
        if case .subject(of: let credential) = owner {
            switch try transaction.status(of: credential) {
            case .live(let acting): actingSubject = acting.subject.id
            case .refused(let refusal, _): return .refused(refusal)
            }
        }
        guard let ended = try transaction.session(session), ended.isOpen else { return .notFound }
        switch owner {
        case .tokenHolder, .administrator: break
        case .subject: guard ended.subject.id == actingSubject else { return .notFound }
        case .client(let client): guard ended.record.client == client else { return .notFound }
        }
        try transaction.end(session, reason: reason)
        transaction.record(
            EventRecord(
                .logout, at: transaction.now, subject: ended.subject.id, session: session,
                client: ended.record.client, address: address, detail: reason.rawValue))
        return .ended
    }
}
