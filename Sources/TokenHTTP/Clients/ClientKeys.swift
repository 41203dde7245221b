import Crypto
package import StrictCoding
import TokenVerifier

/// The public keys that a client signs its assertions with (RFC 7523 §2.2), checked, and written in one way.
package struct ClientKeys: Sendable {
    package static let algorithms = ["ES256", "EdDSA", "RS256", "PS256"]
    private static let limit = 16

    /// As a JWK set: only public members, each key with its `alg` and `kid`.
    package let jwks: String

    package struct Mistake: Error, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    /// - Parameter json: a JWK set, or one JWK.
    /// - Throws: ``Mistake`` for what is none, holds a private key, or a key that cannot be used here.
    package init(_ json: JSON) async throws {
        let keys: [JSON]
        switch json["keys"] {
        case .array(let members): keys = members
        case nil where json["kty"] != nil: keys = [json]
        default: throw Mistake("this is not a JWK set (RFC 7517): an object with an array \"keys\"")
        }
        guard (1...ClientKeys.limit).contains(keys.count) else {
            throw Mistake("a JWK set has 1 to \(ClientKeys.limit) keys here")
        }
        var ids: Set<[UInt8]> = []
        let written = try keys.map { key in
            let key = try PublicJWK(key)
            guard ids.insert(Array(key.id.utf8)).inserted else {
                throw Mistake("two keys have the \"kid\" \"\(key.id.prefix(64))\"")
            }
            return key.json
        }
        let set = JSONWriter.object { json in
            json.member("keys", array: { json in for key in written { json.element(json: key) } })
        }
        guard try await VerificationKeys(jwks: set).count == written.count else {
            throw Mistake("a key's numbers are not those of a key; RSA keys have 2048 bits at least")
        }
        jwks = String(decoding: set, as: UTF8.self)
    }

    /// - Parameter text: a JWK set, or one JWK.
    package init(text: [UInt8]) async throws {
        guard let json = try? JSONReader.read(text) else {
            throw Mistake("this is not JSON, or a member of it stands twice")
        }
        try await self.init(json)
    }
}

/// One key of a set, its members picked out.
private struct PublicJWK {
    let id: String
    let json: [UInt8]

    init(_ jwk: JSON) throws {
        guard case .object = jwk, let type = jwk["kty"]?.string else {
            throw ClientKeys.Mistake("a key is no JWK: it has no \"kty\"")
        }
        guard ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"].allSatisfy({ jwk[$0] == nil }) else {
            throw ClientKeys.Mistake("a key is private or secret: give its public half, and keep that one to yourself")
        }
        guard jwk["use"] == nil || jwk["use"] == .string("sig") else {
            throw ClientKeys.Mistake("a key's \"use\" is not \"sig\"")
        }
        // In the order of their names: the thumbprint is made of them (RFC 7638 §3.2).
        let names: [String]
        let usual: String
        switch (type, jwk["crv"]?.string) {
        case ("EC", "P-256"): (names, usual) = (["crv", "kty", "x", "y"], "ES256")
        case ("OKP", "Ed25519"): (names, usual) = (["crv", "kty", "x"], "EdDSA")
        case ("RSA", _): (names, usual) = (["e", "kty", "n"], "RS256")
        default: throw ClientKeys.Mistake("a key is not of P-256, Ed25519 or RSA")
        }
        let members = try names.map { name in
            guard let value = jwk[name]?.string else { throw ClientKeys.Mistake("a key lacks \"\(name)\"") }
            return (name: name, value: value)
        }
        // Each key is for one algorithm, whatever it could do (RFC 8725 §3.1).
        let algorithm = jwk["alg"] == nil ? usual : jwk["alg"]?.string ?? ""
        guard algorithm == usual || type == "RSA" && algorithm == "PS256" else {
            throw ClientKeys.Mistake(
                "a key's \"alg\" does not fit it, or is not one of \(ClientKeys.algorithms.joined(separator: ", "))")
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
