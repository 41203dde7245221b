import TokenCore

/// ``TokenCore/Rotate`` with one mistake.
struct MutatedRotate: Command {
    let rotate: Rotate
    let mutation: Mutation
    /// The session as it was before the transaction.
    let readBefore: Session?

    func prefetch(into keys: inout RowKeys) { rotate.prefetch(into: &keys) }

    func apply(to transaction: inout Transaction) throws -> Rotate.Outcome {
        guard let session = try transaction.session(rotate.presentation.token.session) else {
            return .refused(.unknown)
        }
        return try mutated(session, in: &transaction) ?? rotate.apply(to: &transaction)
    }

    /// Returns nil where the mistake makes no difference.
    private func mutated(_ session: Session, in transaction: inout Transaction) throws -> Rotate.Outcome? {
        switch (mutation, judge(session, in: transaction)) {
        case (.windowSlides, .retry(let successor, var record, _)):
            record.rotatedAt = transaction.now
            return save(record, of: session, answering: successor, in: &transaction)
        case (.retriesUncounted, .retry(let successor, _, _)):
            return .successor(successor, session, at: transaction.now)
        case (.retryForks, .retry): return rotate(session, in: &transaction)
        case (.endRolledBack, .refused(.reuse(let generations, let seconds, _))):
            return .refused(.reuse(generationsBehind: generations, seconds: seconds))
        case (.grandparentAccepted, .refused(.reuse(generationsBehind: 2, _, _))):
            return rotate(session, in: &transaction)
        case (.rollbackIgnored, .refused(.rollback(let generations))):
            return .refused(.rollback(generationsAhead: generations))
        case (.expiryEndsSession, .refused(.expired)):
            try transaction.end(session.id, reason: .reuse)
            return .refused(.expired)
        case (.lifetimeExtended, .current):
            let end = transaction.now + transaction.rules.rotation.policy.absoluteLifetimeSeconds
            let extended = session.changing { $0.expiresAt = end }
            overwrite(extended, in: &transaction)
            return rotate(extended, in: &transaction)
        case (.epochUnchecked, .refused(.revoked)):
            return rotateOrRetry(session.changing { $0.epoch = session.subject.epoch }, in: &transaction)
        case (.clientLimitsIgnored, _):
            var client = session.client
            client?.limits = ClientLimits()
            let unlimited = Session(
                record: session.record, token: session.token, subject: session.subject, client: client)
            if case .refused(let refusal) = judge(unlimited, in: transaction) { return .refused(refusal) }
            return rotateOrRetry(unlimited, in: &transaction)
        case (.logoutUndone, _):
            guard let revived = readBefore?.changing({ $0.epoch = session.subject.epoch }) else { return nil }
            overwrite(revived, in: &transaction)
            return rotateOrRetry(revived, in: &transaction)
        case (.bindingLost, .current):
            let unbound = session.unbound
            overwrite(unbound, in: &transaction)
            return rotate(unbound, in: &transaction)
        case (.windowOfBoundSessions, .retry(_, _, isLate: true)):
            try transaction.end(session.id, reason: .reuse)
            return .refused(.reuse(generationsBehind: 1, seconds: 0))
        case (.proofJudgedLast, .refused(.proof)):
            guard case .refused(.reuse(let generations, let seconds, _)) = judge(session.unbound, in: transaction)
            else { return nil }
            try transaction.end(session.id, reason: .reuse)
            return .refused(.reuse(generationsBehind: generations, seconds: seconds))
        case (.proofsForgotten, _):
            guard case .given(let proof) = rotate.presentation.proof else { return nil }
            var forgetful = rotate
            let use = UsedOnce.proof(of: proof.key, named: "\(rotate.nonce)", refusedFrom: 0, forgottenAfter: 0)
            forgetful.presentation.proof = .given(KeyProof(key: proof.key, use: use))
            return try forgetful.apply(to: &transaction)
        default: return nil
        }
    }

    private func judge(_ session: Session, in transaction: Transaction) -> Verdict {
        transaction.rules.rotation.judge(rotate.presentation, of: session, now: transaction.now)
    }

    private func rotateOrRetry(_ session: Session, in transaction: inout Transaction) -> Rotate.Outcome? {
        switch judge(session, in: transaction) {
        case .current: rotate(session, in: &transaction)
        case .retry(let successor, let record, _): save(record, of: session, answering: successor, in: &transaction)
        case .refused: nil
        }
    }

    private func rotate(_ session: Session, in transaction: inout Transaction) -> Rotate.Outcome {
        let (successor, record) = transaction.rules.rotation.rotate(
            rotate.presentation.token, replacing: session.token, nonce: rotate.nonce, now: transaction.now)
        return save(record, of: session, answering: successor, in: &transaction)
    }

    private func save(
        _ record: RefreshTokenRecord, of session: Session, answering successor: RefreshToken,
        in transaction: inout Transaction
    ) -> Rotate.Outcome {
        transaction.save(record, of: session.id)
        return .successor(successor, session.with(record), at: transaction.now)
    }

    /// Writes the session's row, which a rotation must not write.
    private func overwrite(_ session: Session, in transaction: inout Transaction) {
        transaction.open(session)
    }
}

extension Session {
    /// The same session without its key.
    fileprivate var unbound: Session {
        changing { record in
            record = SessionRecord(
                id: record.id, subject: record.subject, client: record.client, scope: record.scope,
                device: record.device, authenticationMethods: record.authenticationMethods,
                authenticatedAt: record.authenticatedAt, createdAt: record.createdAt, expiresAt: record.expiresAt,
                epoch: record.epoch, isRemembered: record.isRemembered, claims: record.claims, ending: record.ending)
        }
    }

    /// The same session with a changed row.
    fileprivate func changing(_ change: (inout SessionRecord) -> Void) -> Session {
        var record = record
        change(&record)
        return Session(record: record, token: token, subject: subject, client: client)
    }
}
