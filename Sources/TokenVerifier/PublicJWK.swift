import Crypto
package import StrictCoding

/// A public key as a JWK (RFC 7517), reduced to the members that make up the key.
package struct PublicJWK: Sendable {
    /// What is wrong with a key, as a clause.
    package struct Mistake: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) { self.description = description }
    }

    /// The members of private and of symmetric keys (RFC 7518 §6, RFC 8037 §2, draft-ietf-cose-dilithium).
    private static let secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

    /// The members, `kty` among them, in lexicographic order (RFC 7638 §3.2).
    package let members: [(name: String, value: String)]
    /// The algorithms that fit the key (RFC 7518 §3.1, RFC 8037 §3.1), the usual one first.
    package let algorithms: [String]

    /// Reads a key, without a check of its numbers but for known weaknesses. Ignores `use`, `alg` and `kid`.
    ///
    /// - Throws: ``Mistake`` for a private or symmetric key, and for a key of another type.
    package init(_ jwk: JSON) throws(Mistake) {
        guard case .object = jwk, let type = jwk["kty"]?.ascii else {
            throw Mistake("a key is not a JWK: it has no \"kty\"")
        }
        guard PublicJWK.secretMembers.allSatisfy({ jwk[$0] == nil }) else {
            throw Mistake("a key is private or secret; register its public key alone")
        }
        let names: [String]
        switch (type, jwk["crv"]?.ascii) {
        case ("EC", "P-256"): (names, algorithms) = (["crv", "kty", "x", "y"], ["ES256"])
        case ("OKP", "Ed25519"): (names, algorithms) = (["crv", "kty", "x"], ["EdDSA"])
        case ("RSA", _): (names, algorithms) = (["e", "kty", "n"], ["RS256", "PS256"])
        default: throw Mistake("a key is not a P-256, Ed25519 or RSA key")
        }
        var members: [(name: String, value: String)] = []
        for name in names {
            guard let value = jwk[name]?.ascii else { throw Mistake("a key lacks \"\(name)\"") }
            members.append((name, value))
        }
        self.members = members
        if type == "RSA", let modulus = bytes("n") {
            guard !RSAModulus(bytes: modulus).isWeak else {
                throw Mistake(
                    "an RSA key is weak: its modulus can be factored (ROCA, CVE-2017-15361, or a small factor); make "
                        + "another one")
            }
        }
    }

    /// The thumbprint (RFC 7638).
    package var thumbprint: KeyThumbprint {
        let canonical = JSONWriter.object { json in
            for member in members { json.member(named: member.name, member.value) }
        }
        // A SHA-256 hash has the length of a thumbprint.
        return KeyThumbprint(bytes: SHA256.hash(data: canonical).withUnsafeBytes { Array($0) })!
    }

    /// The decoded value of a member; nil if it is not strict base64url.
    func bytes(_ name: String) -> [UInt8]? {
        members.first { $0.name == name }.flatMap { Base64URL.decode($0.value.utf8) }
    }
}
