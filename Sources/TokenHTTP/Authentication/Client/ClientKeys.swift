package import StrictCoding
package import TokenVerifier

/// The public keys that a client signs its assertions with (RFC 7523 §2.2), checked and in one canonical form.
package struct ClientKeys: Sendable {
    /// The algorithms of assertions (RFC 7518 §3.1, RFC 8037 §3.1).
    package static let algorithms = ["ES256", "EdDSA", "RS256", "PS256"]
    private static let limit = 16

    /// A JWK set with public members only, in which each key has an `alg` and a `kid`.
    package let jwks: String

    /// What is wrong with the keys, as a clause.
    package typealias Mistake = PublicJWK.Mistake

    /// - Parameter json: a JWK set, or one JWK.
    /// - Throws: ``Mistake`` for anything else, for a private key, and for a key that cannot be used.
    package init(_ json: JSON) async throws {
        let keys: [JSON]
        switch json["keys"] {
        case .array(let members): keys = members
        case nil where json["kty"] != nil: keys = [json]
        default: throw Mistake("this is not a JWK set (RFC 7517): an object with an array \"keys\"")
        }
        guard (1...ClientKeys.limit).contains(keys.count) else {
            throw Mistake("the JWK set does not have 1 to \(ClientKeys.limit) keys")
        }
        var ids: Set<[UInt8]> = []
        let written = try keys.map { key in
            let key = try ClientKey(key)
            guard ids.insert(Array(key.id.utf8)).inserted else {
                throw Mistake("two keys have the same \"kid\"")
            }
            return key.json
        }
        let set = JSONWriter.object { json in
            json.member("keys", array: { json in for key in written { json.element(json: key) } })
        }
        guard try await VerificationKeys(jwks: set).count == written.count else {
            throw Mistake("the numbers of a key are not valid; an RSA key has at least 2048 bits")
        }
        jwks = String(decoding: set, as: UTF8.self)
    }

    /// - Parameter text: the JSON text of a JWK set, or of one JWK.
    /// - Throws: ``Mistake`` as for JSON, and for text that is not JSON.
    package init(text: [UInt8]) async throws {
        guard let json = try? JSONReader.read(text) else {
            throw Mistake("this is not JSON, or a member appears more than once")
        }
        try await self.init(json)
    }
}
