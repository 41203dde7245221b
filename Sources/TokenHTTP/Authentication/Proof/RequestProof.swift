import StrictCoding
import TokenCore
import TokenVerifier

/// The proof of a request for tokens, judged without the store.
struct RequestProof: Sendable {
    /// As the rules take it.
    let presented: PresentedProof
    /// Why the proof does not count; nil if it does, and without one.
    private let refusal: ProofRefusal?
    /// The nonce for the client's next proof; nil if the client has the newest one.
    private let nextNonce: String?

    static let absent = RequestProof(presented: .absent, refusal: nil, nextNonce: nil)

    private init(presented: PresentedProof, refusal: ProofRefusal?, nextNonce: String?) {
        self.presented = presented
        self.refusal = refusal
        self.nextNonce = nextNonce
    }

    init(refused refusal: ProofRefusal) {
        self.init(presented: .faulty(.wrong), refusal: refusal, nextNonce: nil)
    }

    init(_ proof: AcceptedProof) {
        self.init(presented: .given(KeyProof(proof)), refusal: nil, nextNonce: proof.nextNonce)
    }

    /// The key that the request proves.
    var key: KeyThumbprint? { presented.proof?.key }

    /// What a new session is bound to.
    ///
    /// - Throws: ``AuthenticationFailure`` for a proof that does not count.
    func binding() throws(AuthenticationFailure) -> OpenSession.Binding {
        if let refusal { throw .proof(refusal, at: .tokens) }
        return presented.proof.map { .proven($0) } ?? .none
    }

    /// The failure for a refusal of the rules, with the reason where the proof is the cause.
    func failure(_ refusal: Refusal) -> AuthenticationFailure {
        if case .proof(.wrong) = refusal, let proofRefusal = self.refusal { return .proof(proofRefusal, at: .tokens) }
        return .refused(refusal)
    }

    /// Adds the nonce for the next proof to an answer (RFC 9449 §8.2).
    func mark(_ response: Response) -> Response {
        guard let nextNonce else { return response }
        var response = response
        response.headers.append(.dpopNonce, nextNonce)
        return response
    }
}

extension KeyProof {
    init(_ proof: AcceptedProof) {
        self.init(
            key: proof.key,
            use: .proof(
                of: proof.key, named: proof.id, refusedFrom: proof.refusedFrom, forgottenAfter: AcceptedProof.skew))
    }
}
