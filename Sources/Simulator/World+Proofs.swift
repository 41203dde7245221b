import TokenCore

extension World {
    /// A new proof by a device's key; nil for a device that holds none.
    func proof(by device: Int, accessTokenOf session: Int? = nil) -> SimulatedProof? {
        devices[device].key.flatMap { makeProof(by: $0, accessTokenOf: session) }
    }

    /// A new proof by the key that a session is bound to; nil for a session that is not bound.
    func proof(of session: Int, accessTokenOf named: Int? = nil) -> SimulatedProof? {
        reference.sessions[session]?.key.flatMap { makeProof(by: $0, accessTokenOf: named) }
    }

    /// A new proof by a thief's own key.
    func proofOfThief() -> SimulatedProof? { makeProof(by: SimulatedKey.thief, accessTokenOf: nil) }

    private func makeProof(by number: Int, accessTokenOf session: Int?) -> SimulatedProof? {
        proofs += 1
        guard let key = keys[number],
            let text = try? key.proof(
                id: proofs, at: now.seconds, token: session.map { SimulatedProof.accessToken(of: $0) })
        else { return nil }
        return SimulatedProof(id: proofs, key: number, madeAt: now.seconds, accessTokenOf: session, text: text)
    }
}
