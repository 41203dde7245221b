import TokenCore

/// ``Rotate`` with one mistake in it.
struct MutatedRotate: Command {
    let rotate: Rotate
    let mutation: Mutation
    /// The family as it was read before the transaction.
    let readBefore: Session?

    func apply(to transaction: inout Transaction) throws -> Rotate.Outcome {
        guard let session = try transaction.session(rotate.presented.session) else { return .refused(.unknown) }
        return try mistaken(session, in: &transaction) ?? rotate.apply(to: &transaction)
    }

    /// Nil where the mistake makes no difference.
    private func mistaken(_ session: Session, in transaction: inout Transaction) throws -> Rotate.Outcome? {
        switch (mutation, judge(session, in: transaction)) {
        case (.windowSlides, .retried(let successor, var record)):
            record.rotatedAt = transaction.now
            return save(record, of: session, handing: successor, in: &transaction)
        case (.retriesUncounted, .retried(let successor, _)):
            return .successor(successor, session)
        case (.retryForks, .retried): return rotateAnew(session, in: &transaction)
        case (.killRolledBack, .refused(.reuse(let generations, let seconds))):
            return .refused(.reuse(generationsBehind: generations, seconds: seconds))
        case (.grandparentHonoured, .refused(.reuse(generationsBehind: 2, _))):
            return rotateAnew(session, in: &transaction)
        case (.rollbackForgiven, .refused(.rollback)): return .refused(.rollback)
        case (.expiryKills, .refused(.expired)):
            transaction.end(session, reason: .reuse)
            return .refused(.expired)
        case (.lifetimeExtended, .rotated(let successor, let record)):
            var session = session.record
            session.expiresAt = transaction.now + transaction.rules.rotation.policy.absoluteLifetimeSeconds
            transaction.open(session, token: record)
            return .successor(successor, session)
        case (.epochUnchecked, .refused(.revoked)):
            var blind = session
            blind.session.epoch = blind.subject.epoch
            return saveRotation(of: blind, in: &transaction)
        case (.logoutUndone, _):
            guard let readBefore else { return nil }
            transaction.keep(readBefore, in: session.subject.epoch)
            return saveRotation(of: readBefore, in: &transaction)
        default: return nil
        }
    }

    private func judge(_ session: Session, in transaction: Transaction) -> Verdict {
        transaction.rules.rotation.judge(
            rotate.presented, from: rotate.client, session: session, nonce: rotate.nonce, now: transaction.now)
    }

    private func saveRotation(of session: Session, in transaction: inout Transaction) -> Rotate.Outcome? {
        switch judge(session, in: transaction) {
        case .rotated(let successor, let record), .retried(let successor, let record):
            save(record, of: session, handing: successor, in: &transaction)
        case .refused: nil
        }
    }

    private func rotateAnew(_ session: Session, in transaction: inout Transaction) -> Rotate.Outcome {
        let successor = transaction.rules.rotation.keys.successor(of: rotate.presented, nonce: rotate.nonce)
        let record = RefreshTokenRecord(
            generation: successor.generation, hash: successor.hash, nonce: rotate.nonce, rotatedAt: transaction.now)
        return save(record, of: session, handing: successor, in: &transaction)
    }

    private func save(
        _ record: RefreshTokenRecord, of session: Session, handing successor: RefreshToken, in transaction: inout Transaction
    ) -> Rotate.Outcome {
        transaction.save(record, of: session.record.id)
        var rotated = session
        rotated.token = record
        return .successor(successor, rotated)
    }
}
