import JWTKit
package import StrictCoding

/// Reads a JSON Web Token in compact form strictly and checks its signature (RFC 7515; RFC 8725). The caller checks the
/// claims.
///
/// Checks in this order: the size, three parts, strict base64url, strict JSON, `typ`, no `crit`, an allowed `alg`, a
/// known `kid`, an `alg` that is the key's; then jwt-kit checks the signature. `jwk`, `jku`, `x5u` and `x5c` are never
/// read, so a token can neither supply a key nor cause a request.
package struct StrictJWS: Sendable {
    /// The longest accepted token, in bytes, where no other length is given.
    package static let maximumLength = 14_336

    /// The accepted values of `typ`, in lower case; nil means that `typ` is absent.
    let types: Set<String?>
    /// The accepted values of `alg`.
    let algorithms: Set<String>
    /// Whether `kid` may be absent if exactly one key has the algorithm of the token.
    let mayLackKeyID: Bool
    /// The longest accepted token, in bytes.
    let maximumLength: Int

    /// Makes a check for one kind of token.
    ///
    /// - Parameters:
    ///   - types: the accepted values of `typ`, in lower case; nil means that `typ` is absent.
    ///   - algorithms: the accepted values of `alg`.
    ///   - mayLackKeyID: whether `kid` may be absent if exactly one key has the algorithm of the token.
    ///   - maximumLength: the longest accepted token, in bytes.
    package init(
        types: Set<String?>, algorithms: Set<String>, mayLackKeyID: Bool = false,
        maximumLength: Int = StrictJWS.maximumLength
    ) {
        self.types = types
        self.algorithms = algorithms
        self.mayLackKeyID = mayLackKeyID
        self.maximumLength = maximumLength
    }

    /// Returns the claims of a token whose signature is valid.
    ///
    /// - Throws: why the token is refused.
    package func claims(of token: String, keys: VerificationKeys) throws(TokenRefusal) -> JSON {
        try verify(token, keys: keys).claims
    }

    /// Returns the algorithm and the claims of a token whose signature is valid.
    ///
    /// - Throws: why the token is refused.
    package func verify(
        _ token: String, keys: VerificationKeys
    ) throws(TokenRefusal) -> (algorithm: String, claims: JSON) {
        guard let parts = CompactJWS(token.utf8, maximumLength: maximumLength) else { throw .malformed }
        let header = parts.header
        // Before the signature is checked anyone may have written the header, so only ASCII is compared as text.
        guard header["typ"] == nil || header["typ"]?.ascii != nil,
            types.contains(header["typ"]?.ascii?.lowercased())
        else { throw .wrongType }
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let algorithm = header["alg"]?.ascii, algorithms.contains(algorithm) else { throw .wrongAlgorithm }
        let key = try key(named: header["kid"], of: algorithm, among: keys)
        guard (try? key.verifier.verify(parts.signature, signs: parts.signedBytes)) == true else { throw .badSignature }
        guard let claims = parts.claims else { throw .badClaims }
        return (algorithm, claims)
    }

    /// Returns the claims without checking the signature; nil if the text is not a token, or is too long. Anyone can
    /// forge them.
    package func unverifiedClaims(of token: String) -> JSON? {
        CompactJWS(token.utf8, maximumLength: maximumLength)?.claims
    }

    private func key(
        named id: JSON?, of algorithm: String, among keys: VerificationKeys
    ) throws(TokenRefusal) -> VerificationKeys.Key {
        if id == nil, mayLackKeyID {
            guard let key = keys.only(of: algorithm) else { throw .unknownKey }
            return key
        }
        guard let named = id?.string.flatMap({ keys[$0] }) else { throw .unknownKey }
        guard let key = named.first(where: { $0.algorithm == algorithm }) else { throw .wrongAlgorithm }
        return key
    }
}
