import Crypto
import CryptoExtras
import Foundation
import StrictCoding

/// Makes proofs of possession, also wrong ones.
struct ProofMaker {
    static let now = 1_800_000_000
    static let claims =
        #"{"jti":"1","htm":"POST","htu":"https://id.example/v1/refresh","iat":1800000000}"#

    let key: P256.Signing.PrivateKey

    init() { key = P256.Signing.PrivateKey() }

    /// The public key as a JWK.
    var jwk: String {
        let point = key.publicKey.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}"#
    }

    var header: String { #"{"typ":"dpop+jwt","alg":"ES256","jwk":\#(jwk)}"# }

    var thumbprint: KeyThumbprint {
        let point = key.publicKey.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        return KeyThumbprint(bytes: Array(SHA256.hash(data: Data(canonical.utf8))))!
    }

    /// The claims for a request with an access token.
    static func claims(
        jti: String = "1", method: String = "GET", uri: String, at time: Int = now, token: String? = nil,
        nonce: String? = nil
    ) -> String {
        let hash = token.map { #","ath":"\#(Base64URL.encode(SHA256.hash(data: Data($0.utf8))))""# } ?? ""
        let nonce = nonce.map { #","nonce":"\#($0)""# } ?? ""
        return #"{"jti":"\#(jti)","htm":"\#(method)","htu":"\#(uri)","iat":\#(time)\#(hash)\#(nonce)}"#
    }

    /// A proof; with the own header if none is given.
    func sign(_ header: String? = nil, _ claims: String) throws -> String {
        try ProofMaker.assemble(header ?? self.header, claims) { try key.signature(for: $0).rawRepresentation }
    }

    static func assemble(_ header: String, _ claims: String, _ sign: (Data) throws -> Data) rethrows -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try sign(Data(input.utf8)))
    }
}
