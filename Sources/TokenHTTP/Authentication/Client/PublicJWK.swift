import Crypto
import StrictCoding

/// One public key of a client, reduced to the members that are used.
struct PublicJWK {
    let id: String
    let json: [UInt8]

    /// - Throws: ``ClientKeys/Mistake``.
    init(_ jwk: JSON) throws(ClientKeys.Mistake) {
        guard case .object = jwk, let type = jwk["kty"]?.string else {
            throw ClientKeys.Mistake("a key is not a JWK: it has no \"kty\"")
        }
        guard ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].allSatisfy({ jwk[$0] == nil }) else {
            throw ClientKeys.Mistake("a key is private or secret; register its public key alone")
        }
        guard jwk["use"] == nil || jwk["use"] == .string("sig") else {
            throw ClientKeys.Mistake("a key's \"use\" is not \"sig\"")
        }
        // In lexicographic order, for the thumbprint (RFC 7638 §3.2).
        let names: [String]
        let usual: String
        switch (type, jwk["crv"]?.string) {
        case ("EC", "P-256"): (names, usual) = (["crv", "kty", "x", "y"], "ES256")
        case ("OKP", "Ed25519"): (names, usual) = (["crv", "kty", "x"], "EdDSA")
        case ("RSA", _): (names, usual) = (["e", "kty", "n"], "RS256")
        default: throw ClientKeys.Mistake("a key is not a P-256, Ed25519 or RSA key")
        }
        var members: [(name: String, value: String)] = []
        for name in names {
            guard let value = jwk[name]?.string else { throw ClientKeys.Mistake("a key lacks \"\(name)\"") }
            members.append((name, value))
        }
        if type == "RSA", let modulus = members.last.flatMap({ Base64URL.decode($0.value.utf8) }) {
            guard !RSAModulus(bytes: modulus).isWeak else {
                throw ClientKeys.Mistake(
                    "an RSA key is weak: its modulus can be factored (ROCA, CVE-2017-15361, or a small factor); make "
                        + "another one")
            }
        }
        // A key is used with one algorithm (RFC 8725 §3.1).
        let algorithm = jwk["alg"] == nil ? usual : jwk["alg"]?.string ?? ""
        guard algorithm == usual || type == "RSA" && algorithm == "PS256" else {
            throw ClientKeys.Mistake(
                "a key's \"alg\" does not fit it, or is not one of \(ClientKeys.algorithms.joined(separator: ", "))"
            )
        }
        guard jwk["kid"] == nil || jwk["kid"]?.string != nil else {
            throw ClientKeys.Mistake("a key's \"kid\" is not a string")
        }
        let canonical = JSONWriter.object { json in
            for member in members { json.member(named: member.name, member.value) }
        }
        let id = jwk["kid"]?.string ?? Base64URL.encode(SHA256.hash(data: canonical))
        self.id = id
        json = JSONWriter.object { json in
            for member in members { json.member(named: member.name, member.value) }
            json.member("alg", algorithm)
            json.member("kid", id)
            json.member("use", "sig")
        }
    }
}
