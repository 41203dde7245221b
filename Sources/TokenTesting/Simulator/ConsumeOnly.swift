import TokenCore

/// The first half of a rotation that was torn in two: the parent is used up, its successor is not there yet.
struct ConsumeOnly: Command {
    let rotate: Rotate

    func apply(to transaction: inout Transaction) throws -> Rotate.Outcome {
        let outcome = try rotate.apply(to: &transaction)
        if case .successor(let successor, let session) = outcome, session.token.retries == 0 {
            let consumed = RefreshTokenRecord(
                generation: successor.generation, hash: rotate.presented.hash, nonce: nil, rotatedAt: transaction.now)
            transaction.save(consumed, of: session.record.id)
        }
        return outcome
    }
}

/// The second half.
struct StoreSuccessor: Command {
    let session: Session

    func apply(to transaction: inout Transaction) throws {
        _ = try transaction.session(session.record.id)
        transaction.save(session.token, of: session.record.id)
    }
}
