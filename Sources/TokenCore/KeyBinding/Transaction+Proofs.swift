extension Transaction {
    /// A proof as it is now: one that counted once already counts no more. Changes nothing.
    func current(_ proof: PresentedProof) throws -> PresentedProof {
        guard case .given(let given) = proof else { return proof }
        return try isUsed(given.use) ? .faulty(.replayed) : proof
    }

    /// Uses up a proof that was judged fresh.
    mutating func use(_ proof: PresentedProof) throws {
        if case .given(let given) = proof { _ = try useOnce(given.use) }
    }
}
