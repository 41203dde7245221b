/// The algorithm of a signing key. `none` and HMAC are not among them. A value that this version does not know, written
/// by a newer node, is kept as it is; its key cannot be opened.
package struct SigningAlgorithm: RawRepresentable, Hashable, Sendable, CaseIterable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let es256 = SigningAlgorithm(rawValue: "ES256")
    package static let eddsa = SigningAlgorithm(rawValue: "EdDSA")
    package static let rs256 = SigningAlgorithm(rawValue: "RS256")
    package static let mldsa65 = SigningAlgorithm(rawValue: "ML-DSA-65")

    /// The algorithms of keys that this version makes.
    package static let allCases: [SigningAlgorithm] = [.es256, .eddsa, .rs256, .mldsa65]
}
