package import StrictCoding

/// A proof of possession that passes all checks of ``ProofGate`` but the last: whether it was used before.
package struct AcceptedProof: Sendable, Equatable {
    /// The largest difference between the clocks of two nodes, in seconds.
    package static let skew = 120

    /// The key that signed the proof.
    package let key: KeyThumbprint
    /// The identifier, unique to the key: `jti`, 1 to 256 bytes.
    package let id: String
    /// When the client made the proof, in Unix seconds: `iat`. Any time if the proof has a valid nonce.
    package let issuedAt: Int
    /// When the gate that accepted the proof refuses it, in Unix seconds.
    package let refusedFrom: Int
    /// The nonce for the next proof; nil if the client has the newest one, and without nonces.
    package let nextNonce: String?

    /// When no node accepts the proof any more, in Unix seconds.
    package var forgottenAt: Int { refusedFrom + AcceptedProof.skew }
}
