import JWTKit
package import StrictCoding

/// Reads a JSON Web Token in compact form strictly and checks its signature (RFC 7515; RFC 8725). The caller checks the
/// claims.
///
/// Checks in this order: the size, three parts, strict base64url, strict JSON, `typ`, no `crit`, an allowed `alg`, a
/// known `kid`, an `alg` that is the key's; then jwt-kit checks the signature. `jwk`, `jku`, `x5u` and `x5c` are never
/// read, so a token can neither supply a key nor cause a request.
package struct StrictJWS: Sendable {
    /// The longest accepted token, in bytes.
    package static let maximumLength = 14_336

    /// The accepted values of `typ`, in lower case; nil means that `typ` is absent.
    let types: Set<String?>
    /// The accepted values of `alg`.
    let algorithms: Set<String>
    /// Whether `kid` may be absent if exactly one key has the algorithm of the token.
    let mayLackKeyID: Bool

    /// Makes a check for one kind of token.
    ///
    /// - Parameters:
    ///   - types: the accepted values of `typ`, in lower case; nil means that `typ` is absent.
    ///   - algorithms: the accepted values of `alg`.
    ///   - mayLackKeyID: whether `kid` may be absent if exactly one key has the algorithm of the token.
    package init(types: Set<String?>, algorithms: Set<String>, mayLackKeyID: Bool = false) {
        self.types = types
        self.algorithms = algorithms
        self.mayLackKeyID = mayLackKeyID
    }

    /// Returns the claims of a token whose signature is valid.
    ///
    /// - Throws: why the token is refused.
    package func claims(of token: String, keys: VerificationKeys) throws(TokenRefusal) -> JSON {
        guard let parts = CompactJWS(token.utf8, maximumLength: StrictJWS.maximumLength) else { throw .malformed }
        let header = parts.header
        // Before the signature is checked anyone may have written the header, so only ASCII is compared as text.
        guard header["typ"] == nil || header["typ"]?.ascii != nil,
            types.contains(header["typ"]?.ascii?.lowercased())
        else { throw .wrongType }
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let algorithm = header["alg"]?.ascii, algorithms.contains(algorithm) else { throw .wrongAlgorithm }
        let key = try key(named: header["kid"], of: algorithm, among: keys)
        guard key.algorithm == algorithm else { throw .wrongAlgorithm }
        guard (try? key.verifier.verify(parts.signature, signs: parts.signedBytes)) == true else { throw .badSignature }
        guard let claims = parts.claims else { throw .badClaims }
        return claims
    }

    /// Returns the claims without checking the signature; nil if the text is not a token. Anyone can forge them.
    package static func unverifiedClaims(of token: String) -> JSON? {
        CompactJWS(token.utf8, maximumLength: maximumLength)?.claims
    }

    private func key(
        named id: JSON?, of algorithm: String, among keys: VerificationKeys
    ) throws(TokenRefusal) -> VerificationKeys.Key {
        let found = id == nil && mayLackKeyID ? keys.only(of: algorithm) : id?.string.flatMap { keys[$0] }
        guard let found else { throw .unknownKey }
        return found
    }
}
