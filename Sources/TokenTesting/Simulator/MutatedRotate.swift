import TokenCore

/// ``Rotate`` with one mistake in it.
struct MutatedRotate: Command {
    let rotate: Rotate
    let mutation: Mutation
    /// The family as it was read before the transaction.
    let readBefore: Session?

    func apply(to ledger: inout Ledger) throws -> Rotate.Outcome {
        guard let session = try ledger.session(rotate.presented.session) else { return .refused(.unknown) }
        return try mistaken(session, in: &ledger) ?? rotate.apply(to: &ledger)
    }

    /// Nil where the mistake makes no difference.
    private func mistaken(_ session: Session, in ledger: inout Ledger) throws -> Rotate.Outcome? {
        switch (mutation, judge(session, in: ledger)) {
        case (.windowSlides, .retried(let successor, var record)):
            record.rotatedAt = ledger.now
            return save(record, of: session, handing: successor, in: &ledger)
        case (.retriesUncounted, .retried(let successor, _)):
            return .successor(successor, session)
        case (.retryForks, .retried): return rotateAnew(session, in: &ledger)
        case (.killRolledBack, .refused(.reuse(let generations, let seconds))):
            return .refused(.reuse(generationsBehind: generations, seconds: seconds))
        case (.grandparentHonoured, .refused(.reuse(generationsBehind: 2, _))):
            return rotateAnew(session, in: &ledger)
        case (.rollbackForgiven, .refused(.rollback)): return .refused(.rollback)
        case (.expiryKills, .refused(.expired)):
            ledger.end(session, reason: .reuse)
            return .refused(.expired)
        case (.lifetimeExtended, .rotated(let successor, let record)):
            var session = session.record
            session.expiresAt = ledger.now + ledger.rules.rotation.policy.absoluteLifetimeSeconds
            ledger.open(session, token: record)
            return .successor(successor, session)
        case (.epochUnchecked, .refused(.revoked)):
            var blind = session
            blind.session.epoch = blind.subject.epoch
            return saveRotation(of: blind, in: &ledger)
        case (.logoutUndone, _):
            guard let readBefore else { return nil }
            ledger.keep(readBefore, in: session.subject.epoch)
            return saveRotation(of: readBefore, in: &ledger)
        default: return nil
        }
    }

    private func judge(_ session: Session, in ledger: Ledger) -> Verdict {
        ledger.rules.rotation.judge(
            rotate.presented, from: rotate.client, session: session, nonce: rotate.nonce, now: ledger.now)
    }

    private func saveRotation(of session: Session, in ledger: inout Ledger) -> Rotate.Outcome? {
        switch judge(session, in: ledger) {
        case .rotated(let successor, let record), .retried(let successor, let record):
            save(record, of: session, handing: successor, in: &ledger)
        case .refused: nil
        }
    }

    private func rotateAnew(_ session: Session, in ledger: inout Ledger) -> Rotate.Outcome {
        let successor = ledger.rules.rotation.keys.successor(of: rotate.presented, nonce: rotate.nonce)
        let record = RefreshTokenRecord(
            generation: successor.generation, hash: successor.hash, nonce: rotate.nonce, rotatedAt: ledger.now)
        return save(record, of: session, handing: successor, in: &ledger)
    }

    private func save(
        _ record: RefreshTokenRecord, of session: Session, handing successor: RefreshToken, in ledger: inout Ledger
    ) -> Rotate.Outcome {
        ledger.save(record, of: session.record.id)
        var rotated = session
        rotated.token = record
        return .successor(successor, rotated)
    }
}
