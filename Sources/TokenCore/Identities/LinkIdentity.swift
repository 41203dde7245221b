/// Adds an identity to the ways in which a user signs in.
package struct LinkIdentity: Command {
    package var identity: Identity
    package var requester: Requester
    package var address: String?

    package enum Requester: Sendable {
        /// The owner, who acts as this session. The attempt links once, whatever the outcome.
        case owner(SessionID, attempt: UsedOnce)
        case administrator(of: SubjectID)
    }

    package enum Outcome: Sendable, Equatable {
        /// It is linked now, or was linked to this user before.
        case linked(IdentityRecord)
        /// It is linked to another subject, which may have been deleted.
        case linkedToAnother(SubjectID)
        /// The user has ``IdentityRecord/maximumPerSubject`` identities already.
        case tooMany
        /// There is no such user.
        case notFound
        /// The attempt was used before.
        case used
        /// The session is not live.
        case refused(Refusal)
        /// The owner must authenticate anew: ``SessionRecord/isFreshlyAuthenticated(at:)``.
        case notFresh
    }

    package init(_ identity: Identity, by requester: Requester, address: String? = nil) {
        self.identity = identity
        self.requester = requester
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.identities.insert(identity.id)
        switch requester {
        case .owner(let session, let attempt):
            keys.insert(sessionWithSubject: session)
            keys.uses.insert(attempt)
        case .administrator(let subject): keys.subjects.insert(subject)
        }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let user: SubjectRecord?
        switch requester {
        case .administrator(let id): user = try transaction.subject(id)
        case .owner(let id, let attempt):
            guard try transaction.useOnce(attempt) else { return .used }
            switch try transaction.status(of: .session(id)) {
            case .live(let session):
                guard session.record.isFreshlyAuthenticated(at: transaction.now) else { return .notFresh }
                user = try transaction.subject(session.subject.id)
            case .refused(let refusal, _): return .refused(refusal)
            }
        }
        guard let user, user.account != nil else { return .notFound }
        return try transaction.link(identity, to: user.id, address: address)
    }
}

extension Transaction {
    /// Adds an identity to a user, whose row the transaction has read or saved.
    package mutating func link(
        _ identity: Identity, to subject: SubjectID, address: String?
    ) throws -> LinkIdentity.Outcome {
        if let known = try self.identity(identity.id) {
            return known.subject == subject ? .linked(known) : .linkedToAnother(known.subject)
        }
        let limit = IdentityRecord.maximumPerSubject
        guard try identities(of: subject, limit: limit).count < limit else { return .tooMany }
        let linked = IdentityRecord(identity: identity, subject: subject, createdAt: now)
        link(linked)
        record(
            EventRecord(.identityLinked, at: now, subject: subject, address: address, detail: identity.issuer))
        return .linked(linked)
    }
}
