import TokenCore

/// The first half of a rotation that was torn in two: the parent is used up, its successor is not there yet.
struct ConsumeOnly: Command {
    let rotate: Rotate

    func apply(to ledger: inout Ledger) throws -> Rotate.Outcome {
        let outcome = try rotate.apply(to: &ledger)
        if case .successor(let successor, let session) = outcome, session.token.retries == 0 {
            let consumed = RefreshTokenRecord(
                generation: successor.generation, hash: rotate.presented.hash, nonce: nil, rotatedAt: ledger.now)
            ledger.save(consumed, of: session.record.id)
        }
        return outcome
    }
}

/// The second half.
struct StoreSuccessor: Command {
    let session: Session

    func apply(to ledger: inout Ledger) throws {
        _ = try ledger.session(session.record.id)
        ledger.save(session.token, of: session.record.id)
    }
}
