import TokenCore
import TokenVerifier

extension ProofRefusal {
    init(_ fault: ProofFault) {
        switch fault {
        case .missing: self = .missing
        case .wrong: self = .malformed
        case .replayed: self = .replayed
        case .otherKey: self = .wrongKey
        }
    }

    /// A sentence for the developer of a client.
    var sentence: String {
        switch self {
        case .missing: "The token or the client demands a proof: send one in the header DPoP (RFC 9449)."
        case .repeated: "The header DPoP appears more than once."
        case .malformed: "The proof is not one well-formed JWT of at most \(ProofGate.maximumLength) bytes."
        case .wrongType: "The proof's typ is not \"dpop+jwt\"."
        case .wrongAlgorithm:
            "The proof's alg does not fit its key, or is not one of \(ProofGate.algorithms.joined(separator: ", "))."
        case .criticalExtension: "The proof has crit; no critical extension is supported."
        case .badKey: "The proof's jwk is not a public P-256, Ed25519 or RSA key, the last with at least 2048 bits."
        case .badSignature: "The proof's signature does not match its jwk."
        case .badClaims: "The proof lacks jti, htm, htu, iat or ath, or one of them has the wrong type or length."
        case .wrongMethod: "The proof's htm is not the request's method."
        case .wrongURI: "The proof's htu is not the request's URI: the issuer and the path, without a query."
        case .nonceNeeded: "The proof needs the nonce of the header DPoP-Nonce."
        case .wrongTime: "The proof's iat is more than \(ProofGate.window) s from the server's time."
        case .wrongToken: "The proof's ath is not the hash of the access token."
        case .wrongKey: "The proof is of another key than the one that the token is bound to."
        case .replayed: "A proof with this jti was used before. Make a new one and send the request again."
        }
    }
}
