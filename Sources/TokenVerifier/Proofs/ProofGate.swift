import Crypto
import StrictCoding

/// Checks proofs of possession: the twelve checks of RFC 9449 §4.3, but for whether a proof was used before, which is
/// for a store or for ``ProofReplayMemory`` to decide.
package struct ProofGate: Sendable {
    /// The accepted values of `alg`. `Ed25519` is the new name of `EdDSA` with that curve (RFC 9864 §2.2).
    package static let algorithms = ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"]
    /// The longest accepted proof, in bytes.
    package static let maximumLength = 4096
    /// How far `iat` may be from the clock, in seconds.
    package static let window = 60
    /// The longest accepted `jti`, in bytes (RFC 9449 §11.1).
    package static let longestID = 256

    private let nonces: ProofNonces?

    /// - Parameter nonces: the nonces of which a proof must have one; nil if it needs none.
    package init(nonces: ProofNonces? = nil) { self.nonces = nonces }

    /// Checks the proof of a request at a time in Unix seconds.
    ///
    /// - Parameter fields: the values of the header field `DPoP`.
    /// - Throws: why the proof is refused.
    package func verify(
        _ fields: [String], for request: ProofRequest, at now: Int
    ) throws(ProofRefusal) -> AcceptedProof {
        // 1. No more than one header field.
        guard let field = fields.first else { throw .missing }
        guard fields.count == 1 else { throw .repeated }
        // 2. One well-formed JWT.
        guard let proof = CompactJWS(field.utf8, maximumLength: ProofGate.maximumLength) else { throw .malformed }
        let (key, algorithm) = try ProofGate.key(of: proof.header)
        // 3. The required claims.
        guard let claims = proof.claims else { throw .malformed }
        guard let id = claims["jti"]?.string, (1...ProofGate.longestID).contains(id.utf8.count),
            let method = claims["htm"]?.string, let uri = claims["htu"]?.string,
            let issuedAt = claims["iat"]?.numericDate, request.token == nil || claims["ath"]?.string != nil
        else { throw .badClaims }
        // 8. The method, in the same case.
        guard method.isExactly(request.method) else { throw .wrongMethod }
        // 9. The URI without query and fragment.
        guard ProofURI(uri) == request.uri else { throw .wrongURI }
        // 10 and 11. The nonce; without one, the time.
        let (refusedFrom, nextNonce) = try checkTime(issuedAt, claims["nonce"], at: now)
        // 12. The access token and the key that it is bound to.
        let thumbprint = key.thumbprint
        if let token = request.token {
            let hash = SHA256.hash(data: Array(token.text.utf8))
            guard let claimed = claims["ath"]?.string.flatMap({ Base64URL.decode($0.utf8) }), hash == claimed else {
                throw .wrongToken
            }
            guard thumbprint == token.key else { throw .wrongKey }
        }
        // 6. The signature by the key of the header. It costs the most.
        try key.verify(proof.signature, of: proof.signedBytes, by: algorithm)
        return AcceptedProof(
            key: thumbprint, id: id, issuedAt: issuedAt, refusedFrom: refusedFrom, nextNonce: nextNonce)
    }

    /// The nonce for a client whose proof has none that is accepted; nil without nonces.
    package func currentNonce(at now: Int) -> String? { nonces?.current(at: now) }

    /// Reads the header, which anyone may have written, so only ASCII is compared as text.
    private static func key(of header: JSON) throws(ProofRefusal) -> (PublicJWK, algorithm: String) {
        // 4. The type.
        guard header["typ"]?.ascii == "dpop+jwt" else { throw .wrongType }
        guard header["crit"] == nil else { throw .criticalExtension }
        // 5. An asymmetric algorithm.
        guard let name = header["alg"]?.ascii, algorithms.contains(name) else { throw .wrongAlgorithm }
        // 7. A public key.
        guard let jwk = header["jwk"], let key = try? PublicJWK(jwk) else { throw .badKey }
        let algorithm = name == "Ed25519" ? "EdDSA" : name
        guard key.algorithms.contains(algorithm) else { throw .wrongAlgorithm }
        return (key, algorithm)
    }

    /// A nonce shows that a proof is new, so a client with a valid one may have a wrong clock.
    private func checkTime(
        _ issuedAt: Int, _ nonce: JSON?, at now: Int
    ) throws(ProofRefusal) -> (refusedFrom: Int, nextNonce: String?) {
        if let nonces {
            guard let judged = nonce?.string.flatMap({ nonces.judge($0, at: now) }) else { throw .nonceNeeded }
            return (judged.refusedFrom, judged.isOld ? nonces.current(at: now) : nil)
        }
        guard (issuedAt - ProofGate.window...issuedAt + ProofGate.window).contains(now) else { throw .wrongTime }
        return (issuedAt + ProofGate.window + 1, nil)
    }
}
