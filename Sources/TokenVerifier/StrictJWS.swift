import JWTKit
package import StrictCoding

/// A JSON Web Token in compact form, read strictly, and its signature (RFC 7515; RFC 8725): all that every kind of token has in
/// common. What it claims is for the caller to judge.
///
/// In order: size, three parts, strict base64url, strict JSON, `typ`, no `crit`, `alg` allowed, `kid` of a known key, `alg` the
/// key's own; then jwt-kit checks the signature. `jwk`, `jku`, `x5u` and `x5c` are never read: a token cannot bring a key, nor
/// cause a fetch.
package struct StrictJWS: Sendable {
    /// Longest accepted token, in bytes.
    package static let maximumLength = 8192

    /// What `typ` may say, in lower case; nil for its absence.
    let types: Set<String?>
    let algorithms: Set<String>
    /// Whether a token may leave its `kid` out when only one key is of its algorithm.
    let mayLackKeyID: Bool

    package init(types: Set<String?>, algorithms: Set<String>, mayLackKeyID: Bool = false) {
        self.types = types
        self.algorithms = algorithms
        self.mayLackKeyID = mayLackKeyID
    }

    /// The claims, if the signature is right.
    package func claims(of token: String, keys: VerificationKeys) throws(TokenRefusal) -> JSON {
        let bytes = Array(token.utf8)
        guard bytes.count <= StrictJWS.maximumLength else { throw .malformed }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = StrictJWS.json(parts[0]), case .object = header,
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty
        else { throw .malformed }
        guard header["typ"] == nil || header["typ"]?.string != nil,
            types.contains(header["typ"]?.string?.lowercased())
        else { throw .wrongType }
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let algorithm = header["alg"]?.string, algorithms.contains(algorithm) else { throw .wrongAlgorithm }
        let key = try key(named: header["kid"], of: algorithm, among: keys)
        guard key.algorithm == algorithm else { throw .wrongAlgorithm }
        let input = bytes[..<(parts[0].count + 1 + parts[1].count)]
        guard (try? key.verifier.verify(signature, signs: input)) == true else { throw .badSignature }
        guard let claims = StrictJWS.json(parts[1]), case .object = claims else { throw .badClaims }
        return claims
    }

    /// What a token claims, whoever made it; nil when it is none.
    package static func unverifiedClaims(of token: String) -> JSON? {
        let bytes = Array(token.utf8)
        guard bytes.count <= StrictJWS.maximumLength else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count == 3 ? json(parts[1]) : nil
    }

    private func key(
        named id: JSON?, of algorithm: String, among keys: VerificationKeys
    ) throws(TokenRefusal) -> VerificationKeys.Key {
        let found = id == nil && mayLackKeyID ? keys.only(of: algorithm) : id?.string.flatMap { keys[$0] }
        guard let found else { throw .unknownKey }
        return found
    }

    private static func json(_ part: ArraySlice<UInt8>) -> JSON? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return try? JSONReader.read(bytes, maximumDepth: 8)
    }
}
