/// The algorithms a signing key may have. `none` and HMAC do not exist here.
package enum SigningAlgorithm: String, Sendable, CaseIterable {
    case es256 = "ES256"
    case eddsa = "EdDSA"
    case rs256 = "RS256"
    case mldsa65 = "ML-DSA-65"
}
