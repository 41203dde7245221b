import Crypto
import StrictCoding

/// A key that a device or a thief holds. Its number determines it.
struct SimulatedKey: Sendable {
    /// The key of a thief, which no session is bound to.
    static let thief = 200

    let number: Int
    private let key: P256.Signing.PrivateKey
    private let header: String
    let thumbprint: KeyThumbprint?

    init(number: Int) throws {
        self.number = number
        key = try P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: UInt8(1 + number), count: 32))
        let point = key.publicKey.rawRepresentation
        let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
        let canonical = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        thumbprint = KeyThumbprint(bytes: Array(SHA256.hash(data: Array(canonical.utf8))))
        header = #"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"}}"#
    }

    /// A proof for a request, as a JWT.
    ///
    /// - Parameter token: the access token of the request; nil for none.
    func proof(id: Int, at seconds: Int, token: String?) throws -> String {
        let hash = token.map { #","ath":"\#(Base64URL.encode(SHA256.hash(data: Array($0.utf8))))""# } ?? ""
        let claims =
            #"{"jti":"\#(id)","htm":"POST","htu":"\#(SimulatedProof.uri)","iat":\#(seconds)\#(hash)}"#
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)).rawRepresentation)
    }
}
