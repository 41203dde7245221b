import Crypto
import CryptoExtras
import StrictCoding
import TokenCore

extension PrivateKey {
    /// The members of the public JWK that its thumbprint is made of, in the order of their names (RFC 7638 §3.2).
    private var requiredMembers: [(name: StaticString, value: String)] {
        switch self {
        case .es256(let key):
            let point = key.publicKey.rawRepresentation
            return [
                ("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.encode(point.prefix(32))),
                ("y", Base64URL.encode(point.suffix(32))),
            ]
        case .eddsa(let key):
            return [("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.encode(key.publicKey.rawRepresentation))]
        case .rs256(let key):
            guard let numbers = try? key.publicKey.getKeyPrimitives() else { return [] }
            return [
                ("e", Base64URL.encode(numbers.publicExponent)), ("kty", "RSA"),
                ("n", Base64URL.encode(numbers.modulus)),
            ]
        case .mldsa65(let key):
            return [
                ("alg", SigningAlgorithm.mldsa65.rawValue), ("kty", "AKP"),
                ("pub", Base64URL.encode(key.publicKey.rawRepresentation)),
            ]
        }
    }

    /// The RFC 7638 thumbprint: a key id that is unique to this key.
    var thumbprint: String {
        let canonical = JSONWriter.object { json in
            for member in requiredMembers { json.member(member.name, member.value) }
        }
        return Base64URL.encode(SHA256.hash(data: canonical))
    }

    /// The public JWK (RFC 7517), with `use`, `alg` and `kid`. Nothing private is in it.
    func publicJWK(id: SigningKeyID, algorithm: SigningAlgorithm) -> [UInt8] {
        JSONWriter.object { json in
            for member in requiredMembers where "\(member.name)" != "alg" { json.member(member.name, member.value) }
            json.member("use", "sig")
            json.member("alg", algorithm.rawValue)
            json.member("kid", id.value)
        }
    }
}
