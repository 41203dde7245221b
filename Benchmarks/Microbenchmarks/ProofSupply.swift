import Crypto
import StrictCoding

/// Proofs by one fixed key (RFC 9449 §4.2), made ahead of a load, so that it costs the load generator no signatures.
struct ProofSupply {
    private let key: P256.Signing.PrivateKey
    private let point: (x: String, y: String)

    init() throws {
        key = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
        let bytes = key.publicKey.rawRepresentation
        point = (Base64URL.encode(bytes.prefix(32)), Base64URL.encode(bytes.suffix(32)))
    }

    /// The key's thumbprint (RFC 7638).
    var thumbprint: String {
        let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(point.x)","y":"\#(point.y)"}"#
        return Base64URL.encode(SHA256.hash(data: Array(canonical.utf8)))
    }

    /// Prints as many proofs for a POST to `uri`, one a line.
    func write(_ count: Int, for uri: String, at seconds: Int) throws {
        let jwk = #"{"kty":"EC","crv":"P-256","x":"\#(point.x)","y":"\#(point.y)"}"#
        let header = Base64URL.encode(#"{"typ":"dpop+jwt","alg":"ES256","jwk":\#(jwk)}"#.utf8)
        let run = Base64URL.encode(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        for number in 0..<count {
            let claims = #"{"jti":"\#(run)\#(number)","htm":"POST","htu":"\#(uri)","iat":\#(seconds)}"#
            let input = header + "." + Base64URL.encode(claims.utf8)
            print(input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)).rawRepresentation))
        }
    }
}
