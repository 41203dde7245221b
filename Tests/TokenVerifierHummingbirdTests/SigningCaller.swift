import Crypto
import Foundation
import StrictCoding
import TokenVerifier

/// A token service with one key, and a caller that has a key of its own.
struct SigningCaller: VerifierTransport {
    static let now = 1_800_000_000

    private let issuerKey = P256.Signing.PrivateKey()
    private let callerKey = P256.Signing.PrivateKey()
    /// Whether the service answers.
    var isUp = true

    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
    {
        guard isUp else { return VerifierAnswer(status: 503, body: []) }
        let jwk = SigningCaller.jwk(issuerKey.publicKey, #","alg":"ES256","kid":"k1""#)
        return VerifierAnswer(status: 200, body: Array(#"{"keys":[\#(jwk)]}"#.utf8))
    }

    /// An access token, bound to the caller's key or to none.
    func token(isBound: Bool, scope: String = "read", expiry: Int = now + 600) throws -> String {
        let hash = SHA256.hash(data: Data(SigningCaller.jwk(callerKey.publicKey).utf8))
        let confirmation = isBound ? #","cnf":{"jkt":"\#(Base64URL.encode(hash))"}"# : ""
        let claims = #"""
            {"iss":"https://id.example","sub":"ada","aud":"api","client_id":"web","iat":\#(SigningCaller.now - 600),
            "exp":\#(expiry),"jti":"1","sid":"2","scope":"\#(scope)"\#(confirmation)}
            """#
        return try SigningCaller.sign(#"{"typ":"at+jwt","alg":"ES256","kid":"k1"}"#, claims, issuerKey)
    }

    func proof(
        _ token: String, jti: String = "1", method: String = "GET", uri: String = "https://api.example/v1/notes",
        nonce: String? = nil
    ) throws -> String {
        let jwk = SigningCaller.jwk(callerKey.publicKey)
        let hash = Base64URL.encode(SHA256.hash(data: Data(token.utf8)))
        let nonce = nonce.map { #","nonce":"\#($0)""# } ?? ""
        let claims = #"""
            {"jti":"\#(jti)","htm":"\#(method)","htu":"\#(uri)","iat":\#(SigningCaller.now),"ath":"\#(hash)"\#(nonce)}
            """#
        return try SigningCaller.sign(#"{"typ":"dpop+jwt","alg":"ES256","jwk":\#(jwk)}"#, claims, callerKey)
    }

    /// A JWK in the form of which the thumbprint is the hash (RFC 7638 §3), unless members are added.
    private static func jwk(_ key: P256.Signing.PublicKey, _ members: String = "") -> String {
        let point = key.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        return #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"\#(members)}"#
    }

    private static func sign(_ header: String, _ claims: String, _ key: P256.Signing.PrivateKey) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
    }
}
