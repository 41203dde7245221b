import Crypto
import Foundation
import StrictCoding
import TokenVerifier

/// A request with a bound token, and its proof of possession.
struct BoundRequest {
    private let proof: String
    private let request: ProofRequest
    private let now: Int

    init(token: String, at now: Int) throws {
        let key = P256.Signing.PrivateKey()
        let point = key.publicKey.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        let jwk = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        let hash = Base64URL.encode(SHA256.hash(data: Data(token.utf8)))
        let claims =
            #"{"jti":"0199a1b2-c3d4","htm":"GET","htu":"https://api.example/notes","iat":\#(now),"ath":"\#(hash)"}"#
        let header = #"{"typ":"dpop+jwt","alg":"ES256","jwk":\#(jwk)}"#
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        proof = input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
        guard let uri = ProofURI("https://api.example/notes"),
            let thumbprint = KeyThumbprint(bytes: Array(SHA256.hash(data: Data(jwk.utf8))))
        else { throw ProofRefusal.wrongURI }
        request = ProofRequest(
            method: "GET", uri: uri, token: ProofRequest.BoundToken(token, boundTo: thumbprint))
        self.now = now
    }

    /// Makes all checks of the proof but the last one, whether it was used before.
    func verify() throws { _ = try ProofGate().verify([proof], for: request, at: now) }
}
