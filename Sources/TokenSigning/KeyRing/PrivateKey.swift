import Crypto
import CryptoExtras
import Foundation
import TokenCore

/// A private signing key of one algorithm.
enum PrivateKey: Sendable {
    case es256(P256.Signing.PrivateKey)
    case eddsa(Curve25519.Signing.PrivateKey)
    case rs256(_RSA.Signing.PrivateKey)
    case mldsa65(MLDSA65.PrivateKey)

    struct UnknownAlgorithm: Error {}

    /// Makes a new key. RS256 takes 2048 bits (NIST SP 800-131A).
    init(generating algorithm: SigningAlgorithm) throws {
        switch algorithm {
        case .es256: self = .es256(P256.Signing.PrivateKey())
        case .eddsa: self = .eddsa(Curve25519.Signing.PrivateKey())
        case .rs256: self = .rs256(try _RSA.Signing.PrivateKey(keySize: .bits2048))
        case .mldsa65: self = .mldsa65(try MLDSA65.PrivateKey())
        default: throw UnknownAlgorithm()
        }
    }

    /// Reads what ``serialized`` wrote.
    init(algorithm: SigningAlgorithm, serialized: Data) throws {
        switch algorithm {
        case .es256: self = .es256(try P256.Signing.PrivateKey(rawRepresentation: serialized))
        case .eddsa: self = .eddsa(try Curve25519.Signing.PrivateKey(rawRepresentation: serialized))
        case .rs256: self = .rs256(try _RSA.Signing.PrivateKey(derRepresentation: serialized))
        case .mldsa65: self = .mldsa65(try MLDSA65.PrivateKey(integrityCheckedRepresentation: serialized))
        default: throw UnknownAlgorithm()
        }
    }

    var serialized: Data {
        switch self {
        case .es256(let key): key.rawRepresentation
        case .eddsa(let key): key.rawRepresentation
        case .rs256(let key): key.derRepresentation
        case .mldsa65(let key): key.integrityCheckedRepresentation
        }
    }

    /// A JWS signature (RFC 7518 §3, RFC 8037; ML-DSA by the IETF draft "ML-DSA for JOSE and COSE") of `input`.
    func sign(_ input: [UInt8]) throws -> Data {
        switch self {
        case .es256(let key): try key.signature(for: input).rawRepresentation
        case .eddsa(let key): try key.signature(for: input)
        case .rs256(let key):
            try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation
        case .mldsa65(let key): try key.signature(for: input)
        }
    }
}
