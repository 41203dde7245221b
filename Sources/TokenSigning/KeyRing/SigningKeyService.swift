package import SessionEngine
package import TokenCore

/// Rotates and revokes the signing keys in the store.
package struct SigningKeyService: Sendable {
    private let store: any Store
    private let lane: CommitLane
    private let sealer: KeySealer
    private let algorithm: SigningAlgorithm
    private let clock: Clock

    /// The longest that any access token may live, and a minute for clocks that differ.
    private static let retentionSeconds = 3600 + 60

    /// - Parameter algorithm: of new keys.
    package init(
        store: any Store, lane: CommitLane, sealer: KeySealer, algorithm: SigningAlgorithm, clock: @escaping Clock
    ) {
        self.store = store
        self.lane = lane
        self.clock = clock
        self.sealer = sealer
        self.algorithm = algorithm
    }

    /// Every key, in the order in which they were made.
    package func keys() async throws -> [SigningKeyRecord] { try await store.signingKeys() }

    /// Rotates the keys if the trigger asks for it, and makes the keys that this needs.
    ///
    /// - Throws: ``KeyFailure`` when a key does not decrypt.
    @discardableResult
    package func rotate(_ trigger: RotateSigningKeys.Trigger) async throws -> RotateSigningKeys.Outcome {
        // New keys would be sealed under a master key that does not open the old ones.
        let records = try await store.signingKeys()
        for record in records { _ = try sealer.open(record) }
        let now = clock()
        switch RotateSigningKeys.step(trigger, for: records, algorithm: algorithm, at: now) {
        case .nothing: return .unchanged
        case .tooEarly(let secondsLeft): return .tooEarly(secondsLeft: secondsLeft)
        case .start, .publish, .replaceNext, .rotate: break
        }
        // An RSA key takes long to make: not on an event loop.
        let candidates = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            [try sealer.generate(algorithm, at: now), try sealer.generate(algorithm, at: now)]
        }
        return try await lane.submit(
            RotateSigningKeys(
                trigger, candidates: candidates, retentionSeconds: SigningKeyService.retentionSeconds))
    }

    /// Whether the schedule, or a change of the configured algorithm, rotates the keys now. Costs one look-up.
    package func isRotationDue(_ schedule: RotateSigningKeys.Trigger) async throws -> Bool {
        let step = RotateSigningKeys.step(
            schedule, for: try await store.signingKeys(), algorithm: algorithm, at: clock())
        return step != .nothing
    }

    /// Removes a key at once. When it was the current key, the next key becomes current and a new next key is made.
    package func revoke(_ id: SigningKeyID) async throws -> RevokeSigningKey.Outcome {
        let outcome = try await lane.submit(RevokeSigningKey(id))
        if outcome == .revoked { try await rotate(.fill) }
        return outcome
    }

    /// Seals the keys under the current master key.
    ///
    /// - Returns: how many were under an older one.
    @discardableResult
    package func reseal() async throws -> Int {
        switch try await lane.submit(ResealSigningKeys(sealer: sealer)) {
        case .resealed(let count): return count
        case .undecryptable(let id): throw KeyFailure.undecryptable(id: id)
        }
    }
}
