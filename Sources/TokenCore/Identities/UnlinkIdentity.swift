/// Removes an identity from the ways in which a user signs in. The sessions that it has opened stay. The last way to
/// sign in is not removed, except from a user who was deleted.
package struct UnlinkIdentity: Command {
    package var identity: IdentityID
    package var requester: Requester
    package var address: String?

    package enum Requester: Sendable {
        /// The owner, who acts as this session.
        case owner(SessionID)
        case administrator(of: SubjectID)
    }

    package enum Outcome: Sendable, Equatable {
        case unlinked(IdentityRecord)
        /// The user has neither a password nor another identity.
        case lastWay
        /// It is not linked to this user.
        case notFound
        /// The session is not live.
        case refused(Refusal)
        /// The owner must authenticate anew: ``SessionRecord/isFreshlyAuthenticated(at:)``.
        case notFresh
    }

    package init(_ identity: IdentityID, by requester: Requester, address: String? = nil) {
        self.identity = identity
        self.requester = requester
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.identities.insert(identity)
        switch requester {
        case .owner(let session): keys.insert(sessionWithSubject: session)
        case .administrator(let subject): keys.subjects.insert(subject)
        }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let subject: SubjectID
        switch requester {
        case .administrator(let id): subject = id
        case .owner(let id):
            switch try transaction.status(of: .session(id)) {
            case .live(let session):
                guard session.record.isFreshlyAuthenticated(at: transaction.now) else { return .notFresh }
                subject = session.subject.id
            case .refused(let refusal, _): return .refused(refusal)
            }
        }
        guard let known = try transaction.identity(identity), known.subject == subject else { return .notFound }
        // The row of a deleted user may be gone.
        if let account = try transaction.subject(subject)?.account, account.password == nil || account.username == nil {
            guard try transaction.identities(of: subject, limit: 2).count > 1 else { return .lastWay }
        }
        transaction.unlink(identity)
        transaction.record(
            EventRecord(
                .identityUnlinked, at: transaction.now, subject: subject, address: address,
                detail: known.identity.issuer))
        return .unlinked(known)
    }
}
