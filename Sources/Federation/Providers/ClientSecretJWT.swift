import StrictCoding
import TokenCore

/// The tokens by which a client with a key authenticates at the token endpoint.
struct ClientSecretJWT {
    /// How long one is valid, in seconds. Each is made for one request.
    private static let lifetimeSeconds = 300

    let key: ProviderClientKey
    let clientID: String
    let now: Timestamp

    /// An assertion of `private_key_jwt` (RFC 7523 §3; OpenID Connect Core §9).
    ///
    /// - Parameter id: the `jti`, which must not repeat.
    func assertion(audience: String, id: RandomBytes<16>) throws -> String {
        try key.sign(claims(issuer: clientID, audience: audience, id: Base64URL.encode(id.bytes)))
    }

    /// Apple's `client_secret`.
    func appleSecret(teamID: String, audience: String) throws -> String {
        try key.sign(claims(issuer: teamID, audience: audience, id: nil))
    }

    private func claims(issuer: String, audience: String, id: String?) -> [UInt8] {
        JSONWriter.object { json in
            json.member("iss", issuer)
            json.member("sub", clientID)
            json.member("aud", audience)
            json.member("iat", now.seconds)
            json.member("exp", now.seconds + ClientSecretJWT.lifetimeSeconds)
            if let id { json.member("jti", id) }
        }
    }
}
