extension AccessTokenVerifier {
    /// The algorithms of proofs of possession, for the parameter `algs` of a challenge (RFC 9449 §7.1).
    public static let proofAlgorithms = ProofGate.algorithms

    /// Returns a token that is bound to a key if it is valid and a proof shows that the caller has the key: all checks
    /// of RFC 9449 §4.3 and §7.1.
    ///
    /// The proof is verified each time, and accepted once by this verifier. Refuse a request that has more than one
    /// header field `DPoP`.
    ///
    /// - Parameters:
    ///   - token: the token in `Authorization`, of the scheme `DPoP`.
    ///   - proof: the value of the header field `DPoP`.
    ///   - method: the method of the request.
    ///   - url: the URL of the request as the caller sees it, or its path, which is joined to ``Options/publicURL``.
    ///     Its query is ignored. Do not make it from `Host`: the caller chooses that.
    /// - Throws: the reason, which is for logs. ``TokenRefusal/badProof(_:)`` is answered with `invalid_dpop_proof`,
    ///   ``ProofRefusal/nonceNeeded`` with `use_dpop_nonce` and the header field `DPoP-Nonce` with ``proofNonce``.
    public func verify(
        _ token: String, proof: String, method: String, url: String
    ) async throws(TokenRefusal) -> AccessToken {
        try await verify(token, proofs: [proof], method: method, url: url).token
    }

    /// The newest nonce for proofs; nil if ``Options/proofNonceKey`` is not set.
    public var proofNonce: String? { proofs.currentNonce(at: clock.now()) }

    /// Whether ``Options/publicURL`` is set, so that paths suffice.
    package var acceptsProofs: Bool { options.publicURL != nil }

    /// Verifies a token with all values of the header field `DPoP`.
    ///
    /// - Returns: the token, and the nonce for the caller's next proof unless the caller has the newest one.
    package func verify(
        _ token: String, proofs fields: [String], method: String, url: String
    ) async throws(TokenRefusal) -> (token: AccessToken, nextNonce: String?) {
        do throws(TokenRefusal) {
            let verified = try await check(token)
            let nonce = try proofs.verify(fields, with: token, verified, method: method, url: url, at: clock.now())
            return (verified, nonce)
        } catch {
            metrics.refused(error)
            throw error
        }
    }
}
