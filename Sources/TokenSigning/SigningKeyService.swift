package import TokenCore

/// Moves the key ring in the store on: by schedule, by an operator's wish, in an emergency.
package struct SigningKeyService: Sendable {
    private let store: any Store
    private let lane: CommitLane
    private let sealer: KeySealer
    private let algorithm: SigningAlgorithm
    private let clock: Clock

    /// The longest that any access token may live, and a minute for clocks that differ.
    private static let retentionSeconds = 3600 + 60

    /// - Parameter algorithm: of the keys that are made from now on.
    package init(sessions: SessionService, sealer: KeySealer, algorithm: SigningAlgorithm) {
        store = sessions.store
        lane = sessions.lane
        clock = sessions.clock
        self.sealer = sealer
        self.algorithm = algorithm
    }

    /// Every key there is, in the order in which they were made.
    package func keys() async throws -> [SigningKeyRecord] { try await store.signingKeys() }

    /// Moves the ring on, making the keys that it may need.
    ///
    /// - Throws: ``KeyFailure`` when a key does not decrypt.
    @discardableResult
    package func rotate(_ trigger: RotateSigningKeys.Trigger) async throws -> RotateSigningKeys.Outcome {
        // Under another master key the new keys could not be read by anyone who reads the old ones.
        for record in try await store.signingKeys() { _ = try sealer.open(record) }
        let now = clock()
        let candidates = [try sealer.generate(algorithm, at: now), try sealer.generate(algorithm, at: now)]
        return try await lane.submit(
            RotateSigningKeys(
                trigger, candidates: candidates, retentionSeconds: SigningKeyService.retentionSeconds))
    }

    /// Whether the schedule, or a change of the algorithm that is wanted, moves the ring on now. Cheap to ask.
    package func isRotationDue(_ schedule: RotateSigningKeys.Trigger) async throws -> Bool {
        let step = RotateSigningKeys.step(
            schedule, for: try await store.signingKeys(), algorithm: algorithm.rawValue, at: clock())
        return step != .nothing
    }

    /// Takes a key out at once. A revoked current key is followed by the next one, and another next is made.
    package func revoke(_ id: String) async throws -> RevokeSigningKey.Outcome {
        let outcome = try await lane.submit(RevokeSigningKey(id))
        if outcome == .revoked { try await rotate(.fill) }
        return outcome
    }

    /// Seals the keys under the master key in force.
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
