import Crypto
import Foundation
import StrictCoding

/// The key that a session is bound to: a P-256 key for proofs of possession (RFC 9449).
package struct ProofKey: Sendable, Equatable {
    private let key: P256.Signing.PrivateKey
    /// The JOSE header of each proof by this key, in base64url.
    private let header: String

    /// Makes a key from random bytes. Nearly every sequence of 32 bytes is a key; if one is not, the next is taken.
    ///
    /// - Parameter random: returns as many random bytes as its argument says.
    init(random: (Int) -> [UInt8]) {
        while true {
            if let key = ProofKey(rawRepresentation: random(32)) {
                self = key
                return
            }
        }
    }

    /// Reads a key that was stored; nil if the bytes are not a key.
    init?(rawRepresentation: [UInt8]) {
        guard let key = try? P256.Signing.PrivateKey(rawRepresentation: rawRepresentation) else { return nil }
        self.key = key
        let point = Array(key.publicKey.rawRepresentation)
        header = Base64URL.encode(
            JSONWriter.object { json in
                json.member("typ", "dpop+jwt")
                json.member("alg", "ES256")
                json.member(
                    "jwk",
                    object: { jwk in
                        jwk.member("kty", "EC")
                        jwk.member("crv", "P-256")
                        jwk.member("x", Base64URL.encode(point[..<32]))
                        jwk.member("y", Base64URL.encode(point[32...]))
                    })
            })
    }

    /// The private key as it is stored.
    var rawRepresentation: [UInt8] { Array(key.rawRepresentation) }

    /// Returns a proof: a JWS in compact form.
    func sign(_ claims: ProofClaims) -> String? {
        let input = header + "." + Base64URL.encode(claims.json)
        guard let signature = try? key.signature(for: Data(input.utf8)) else { return nil }
        return input + "." + Base64URL.encode(signature.rawRepresentation)
    }

    package static func == (left: ProofKey, right: ProofKey) -> Bool {
        left.rawRepresentation == right.rawRepresentation
    }
}

extension ProofKey: CustomStringConvertible {
    package var description: String { "[redacted]" }
}
