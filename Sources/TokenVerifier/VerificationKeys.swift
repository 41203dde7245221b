import Crypto
import CryptoExtras
import JWTKit
import StrictCoding

/// The public keys of a JWK set (RFC 7517). Each key is for one algorithm.
public struct VerificationKeys: Sendable {
    struct Key: Sendable {
        let algorithm: String
        let verifier: any JWTAlgorithm
    }

    /// By `kid`, which is compared byte by byte.
    private let keys: [[UInt8]: Key]

    /// A text is not a JWK set.
    public struct Malformed: Error, Sendable {}

    /// Reads a JWK set. Ignores keys with another use, type or algorithm, as RFC 7517 §5 recommends, and keys without
    /// `kid` or `alg`. Of several keys with the same `kid` the first counts.
    ///
    /// - Parameter jwks: the set as JSON text.
    /// - Throws: ``Malformed`` if the text is not a JWK set.
    public init(jwks: [UInt8]) async throws {
        guard let set = try? JSONReader.read(jwks), case .array(let members)? = set["keys"] else { throw Malformed() }
        var keys: [[UInt8]: Key] = [:]
        for member in members {
            guard let id = member["kid"]?.string.map({ Array($0.utf8) }), let algorithm = member["alg"]?.ascii,
                member["use"] == nil || member["use"] == .string("sig"), keys[id] == nil,
                let verifier = try? await VerificationKeys.verifier(of: member, algorithm: algorithm)
            else { continue }
            keys[id] = Key(algorithm: algorithm, verifier: verifier)
        }
        self.keys = keys
    }

    subscript(id: String) -> Key? { keys[Array(id.utf8)] }

    /// The number of usable keys.
    package var count: Int { keys.count }

    /// Returns the only key for an algorithm; nil if there is none or more than one.
    func only(of algorithm: String) -> Key? {
        let fitting = keys.values.filter { $0.algorithm == algorithm }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// Returns a verifier for the key's own algorithm; nil if the key's type does not fit the algorithm.
    private static func verifier(of jwk: JSON, algorithm: String) async throws -> (any JWTAlgorithm)? {
        let collection = JWTKeyCollection()
        func bytes(_ member: String) throws -> [UInt8] {
            guard let text = jwk[member]?.string, let bytes = Base64URL.decode(text.utf8) else { throw Malformed() }
            return bytes
        }
        switch (algorithm, jwk["kty"]?.ascii, jwk["crv"]?.ascii) {
        case ("ES256", "EC", "P-256"):
            let (x, y) = (try bytes("x"), try bytes("y"))
            // Each coordinate has its full length (RFC 7518 §6.2.1.2).
            guard x.count == 32, y.count == 32 else { throw Malformed() }
            let point = try P256.Signing.PublicKey(rawRepresentation: x + y)
            await collection.add(ecdsa: try ES256PublicKey(backing: point))
        case ("EdDSA", "OKP", "Ed25519"):
            let point = try Curve25519.Signing.PublicKey(rawRepresentation: bytes("x"))
            await collection.add(eddsa: EdDSA.PublicKey(backing: point))
        case ("RS256", "RSA", _), ("PS256", "RSA", _):
            // swift-crypto refuses moduli under 2048 bits.
            let key = try Insecure.RSA.PublicKey(backing: _RSA.Signing.PublicKey(n: bytes("n"), e: bytes("e")))
            if algorithm == "RS256" {
                await collection.add(rsa: key, digestAlgorithm: .sha256)
            } else {
                await collection.add(pss: key, digestAlgorithm: .sha256)
            }
        case ("ML-DSA-65", "AKP", _):
            let key = try MLDSA65.PublicKey(rawRepresentation: bytes("pub"))
            await collection.add(mldsa: MLDSA65PublicKey(backing: key))
        default: return nil
        }
        return try await collection.getKey()
    }
}
