import Crypto

/// Verifies the proofs of possession that come with requests to an API.
struct ProofVerifier: Sendable {
    private let gate: ProofGate
    private let used: ProofReplayMemory
    private let publicURL: String?

    init(_ options: AccessTokenVerifier.Options, metrics: VerifierMetrics) {
        gate = ProofGate(nonces: options.proofNonceKey.map { ProofNonces(keys: [SymmetricKey(data: $0)]) })
        used = ProofReplayMemory(limit: options.proofLimit / 2) { metrics.dropped($0) }
        publicURL = options.publicURL
    }

    /// Makes all checks of RFC 9449 §4.3.
    ///
    /// - Parameters:
    ///   - fields: the values of the header field `DPoP`.
    ///   - token: the token of the request as it was presented.
    ///   - verified: the same token.
    ///   - url: an absolute URL, or a path below the public URL.
    /// - Returns: the nonce for the next proof; nil if the client has the newest one.
    func verify(
        _ fields: [String], with token: String, _ verified: AccessToken, method: String, url: String, at now: Int
    ) throws(TokenRefusal) -> String? {
        guard let key = verified.key else { throw .notBound }
        let uri =
            url.utf8.first == UInt8(ascii: "/") ? publicURL.flatMap { ProofURI(base: $0, path: url) } : ProofURI(url)
        guard let uri else { throw .badProof(.wrongURI) }
        do throws(ProofRefusal) {
            let request = ProofRequest(
                method: method, uri: uri, token: ProofRequest.BoundToken(token, boundTo: key))
            let proof = try gate.verify(fields, for: request, at: now)
            guard used.use(proof, at: now) else { throw .replayed }
            return proof.nextNonce
        } catch { throw .badProof(error) }
    }

    /// The nonce for a client whose proof has none that is accepted; nil without nonces.
    func currentNonce(at now: Int) -> String? { gate.currentNonce(at: now) }
}
