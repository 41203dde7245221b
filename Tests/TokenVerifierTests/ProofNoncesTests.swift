import Crypto
import Testing
import TokenVerifier

struct ProofNoncesTests {
    static let now = 1_800_000_030
    let maker = ProofMaker()
    let key = SymmetricKey(data: [UInt8](repeating: 1, count: 32))

    private func accepted(_ nonce: String, by nonces: ProofNonces, at now: Int = Self.now) -> AcceptedProof? {
        let claims = ProofMaker.claims(uri: "https://id.example/", at: 0, nonce: nonce)
        guard let uri = ProofURI("https://id.example/"), let proof = try? maker.sign(nil, claims) else { return nil }
        return try? ProofGate(nonces: nonces).verify([proof], for: ProofRequest(method: "GET", uri: uri), at: now)
    }

    @Test func `two nodes with one key have the same nonces`() {
        let other = ProofNonces(keys: [SymmetricKey(data: [UInt8](repeating: 1, count: 32))])
        let nonce = ProofNonces(keys: [key]).current(at: Self.now)
        #expect(other.current(at: Self.now) == nonce && other.current(at: Self.now + 60) != nonce)
        #expect(accepted(nonce, by: other) != nil)
    }

    @Test(arguments: [(-3, false), (-2, true), (-1, true), (0, true), (1, true), (2, true), (3, false)])
    func `a nonce is accepted for two steps before and after its own`(steps: Int, isAccepted: Bool) {
        let nonces = ProofNonces(keys: [key])
        let proof = accepted(nonces.current(at: Self.now + 60 * steps), by: nonces)
        #expect((proof != nil) == isAccepted)
        guard let proof else { return }
        #expect(
            (proof.nextNonce == nonces.current(at: Self.now)) == (steps < 0) && (proof.nextNonce == nil) == (steps >= 0)
        )
        // Its own step ends in 30 s, then two more.
        #expect(proof.refusedFrom == Self.now + 30 + 60 * (steps + 2))
        #expect(accepted(nonces.current(at: Self.now + 60 * steps), by: nonces, at: proof.refusedFrom - 1) != nil)
        #expect(accepted(nonces.current(at: Self.now + 60 * steps), by: nonces, at: proof.refusedFrom) == nil)
    }

    @Test func `nonces of another key are accepted while that key is known`() {
        let old = ProofNonces(keys: [key])
        let new = ProofNonces(keys: [SymmetricKey(size: .bits256), key])
        let nonce = old.current(at: Self.now)
        #expect(accepted(nonce, by: new)?.nextNonce == new.current(at: Self.now))
        #expect(
            accepted(new.current(at: Self.now), by: new) != nil && accepted(new.current(at: Self.now), by: old) == nil)
    }
}
