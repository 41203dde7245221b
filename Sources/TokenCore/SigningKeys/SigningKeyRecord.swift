/// A row of `signing_keys`: one key pair, its private half sealed.
package struct SigningKeyRecord: Sendable, Equatable {
    package let id: SigningKeyID
    package let algorithm: SigningAlgorithm
    package var state: State
    /// The private key, AES-GCM sealed under a key derived from the master key.
    package var sealedPrivateKey: [UInt8]
    package let createdAt: Timestamp
    /// When it became `current`.
    package var activatedAt: Timestamp?
    /// When the last token signed with it has expired; nil until it is retired.
    package var expiresAt: Timestamp?

    /// `next` is published and not used yet, `current` signs, `retired` still verifies.
    package enum State: String, Sendable { case next, current, retired }

    package init(
        id: SigningKeyID, algorithm: SigningAlgorithm, state: State, sealedPrivateKey: [UInt8], createdAt: Timestamp,
        activatedAt: Timestamp? = nil, expiresAt: Timestamp? = nil
    ) {
        self.id = id
        self.algorithm = algorithm
        self.state = state
        self.sealedPrivateKey = sealedPrivateKey
        self.createdAt = createdAt
        self.activatedAt = activatedAt
        self.expiresAt = expiresAt
    }
}
