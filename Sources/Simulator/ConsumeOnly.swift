import TokenCore

/// The first half of a rotation that was split into two transactions: the parent is consumed, and no token is current.
struct ConsumeOnly: Command {
    let rotate: Rotate

    func apply(to transaction: inout Transaction) throws -> Rotate.Outcome {
        let outcome = try rotate.apply(to: &transaction)
        if case .successor(let successor, let session, _) = outcome, session.token.retries == 0 {
            let consumed = RefreshTokenRecord(
                generation: successor.generation, hash: rotate.presentation.token.hash, nonce: nil,
                rotatedAt: transaction.now)
            transaction.save(consumed, of: session.id)
        }
        return outcome
    }
}
