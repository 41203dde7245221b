import StrictCoding
import TokenVerifier

/// One public key of a client, with its algorithm and its id.
struct ClientKey {
    let id: String
    let json: [UInt8]

    /// - Throws: ``ClientKeys/Mistake``.
    init(_ jwk: JSON) throws(ClientKeys.Mistake) {
        let key = try PublicJWK(jwk)
        guard jwk["use"] == nil || jwk["use"] == .string("sig") else {
            throw ClientKeys.Mistake("a key's \"use\" is not \"sig\"")
        }
        // A key is used with one algorithm (RFC 8725 §3.1).
        let algorithm = jwk["alg"] == nil ? key.algorithms[0] : jwk["alg"]?.ascii ?? ""
        guard key.algorithms.contains(algorithm) else {
            throw ClientKeys.Mistake(
                "a key's \"alg\" does not fit it, or is not one of \(ClientKeys.algorithms.joined(separator: ", "))"
            )
        }
        guard jwk["kid"] == nil || jwk["kid"]?.string != nil else {
            throw ClientKeys.Mistake("a key's \"kid\" is not a string")
        }
        let id = jwk["kid"]?.string ?? key.thumbprint.text
        self.id = id
        json = JSONWriter.object { json in
            for member in key.members { json.member(named: member.name, member.value) }
            json.member("alg", algorithm)
            json.member("kid", id)
            json.member("use", "sig")
        }
    }
}
