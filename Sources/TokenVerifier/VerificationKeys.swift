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

    /// By `kid`, which is compared byte by byte: the keys of one `kid` have different algorithms.
    private let keys: [[UInt8]: [Key]]
    /// Keys without `kid`.
    private let nameless: [Key]

    /// A text is not a JWK set.
    public struct Malformed: Error, Sendable {}

    /// Reads a JWK set. Ignores keys with another use, type or algorithm, as RFC 7517 §5 recommends, and keys without
    /// `kid` or `alg`. Of several keys with the same `kid` the first counts.
    ///
    /// - Parameter jwks: the set as JSON text.
    /// - Throws: ``Malformed`` if the text is not a JWK set.
    public init(jwks: [UInt8]) async throws {
        guard let set = try? JSONReader.read(jwks), case .array(let members)? = set["keys"] else { throw Malformed() }
        var keys: [[UInt8]: [Key]] = [:]
        for member in members {
            guard let id = member["kid"]?.string.map({ Array($0.utf8) }), let algorithm = member["alg"]?.ascii,
                member["use"] == nil || member["use"] == .string("sig"), keys[id] == nil,
                let verifier = try? await VerificationKeys.verifier(of: member, algorithm: algorithm)
            else { continue }
            keys[id] = [Key(algorithm: algorithm, verifier: verifier)]
        }
        self.keys = keys
        nameless = []
    }

    /// The most keys that are read of another issuer's set.
    private static let foreignLimit = 100

    /// Reads the JWK set of an issuer that is not this service. RFC 7517 requires neither `alg` nor `kid`: a key
    /// without `alg` is for each of the algorithms that fits its type, and a key without `kid` is found if it is the
    /// only one for its algorithm. Keys that cannot be used are passed over.
    ///
    /// - Parameters:
    ///   - jwks: the set as JSON text.
    ///   - algorithms: the algorithms that the issuer may sign with.
    /// - Throws: ``Malformed`` if the text is not a JWK set.
    package init(foreign jwks: [UInt8], algorithms: [String]) async throws {
        guard let set = try? JSONReader.read(jwks), case .array(let members)? = set["keys"] else { throw Malformed() }
        var keys: [[UInt8]: [Key]] = [:]
        var nameless: [Key] = []
        for member in members.prefix(VerificationKeys.foreignLimit) {
            guard member["use"] == nil || member["use"] == .string("sig"),
                member["key_ops"] == nil || member["key_ops"]?.strings?.contains("verify") == true
            else { continue }
            let id: [UInt8]?
            switch member["kid"] {
            case nil: id = nil
            case .string(let text): id = Array(text.utf8)
            default: continue
            }
            for algorithm in algorithms where member["alg"] == nil || member["alg"] == .string(algorithm) {
                if let id, keys[id]?.contains(where: { $0.algorithm == algorithm }) == true { continue }
                guard let verifier = try? await VerificationKeys.verifier(of: member, algorithm: algorithm) else {
                    continue
                }
                let key = Key(algorithm: algorithm, verifier: verifier)
                if let id { keys[id, default: []].append(key) } else { nameless.append(key) }
            }
        }
        self.keys = keys
        self.nameless = nameless
    }

    /// The keys of a `kid`; nil if there are none.
    subscript(id: String) -> [Key]? { keys[Array(id.utf8)] }

    /// The number of usable keys.
    package var count: Int { keys.count + nameless.count }

    /// Returns the only key for an algorithm; nil if there is none or more than one.
    func only(of algorithm: String) -> Key? {
        let fitting = (keys.values.joined() + nameless).filter { $0.algorithm == algorithm }
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
        case ("RS256", "RSA", _), ("RS384", "RSA", _), ("RS512", "RSA", _), ("PS256", "RSA", _):
            // swift-crypto refuses moduli under 2048 bits.
            let key = try Insecure.RSA.PublicKey(backing: _RSA.Signing.PublicKey(n: bytes("n"), e: bytes("e")))
            switch algorithm {
            case "RS384": await collection.add(rsa: key, digestAlgorithm: .sha384)
            case "RS512": await collection.add(rsa: key, digestAlgorithm: .sha512)
            case "PS256": await collection.add(pss: key, digestAlgorithm: .sha256)
            default: await collection.add(rsa: key, digestAlgorithm: .sha256)
            }
        case ("ML-DSA-65", "AKP", _):
            let key = try MLDSA65.PublicKey(rawRepresentation: bytes("pub"))
            await collection.add(mldsa: MLDSA65PublicKey(backing: key))
        default: return nil
        }
        return try await collection.getKey()
    }
}
