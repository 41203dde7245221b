package import TokenCore

/// Registers clients, changes their settings, secrets and keys, and uses up their assertions.
package struct ClientService: Sendable {
    private let store: any Store
    private let lane: CommitLane
    private let entropy: Entropy

    package init(store: any Store, lane: CommitLane, entropy: Entropy = .system) {
        self.store = store
        self.lane = lane
        self.entropy = entropy
    }

    /// What a new client is registered with.
    package struct Registration: Sendable {
        package var name: String
        /// Whether it must authenticate, by a secret that it is given or by its keys.
        package var isConfidential: Bool
        /// A JWK set of public keys. A client with keys signs assertions and is given no secret.
        package var jwks: String?
        package var settings: ClientSettings

        package init(
            name: String, isConfidential: Bool, jwks: String? = nil, settings: ClientSettings = ClientSettings()
        ) {
            self.name = name
            self.isConfidential = isConfidential || jwks != nil
            self.jwks = jwks
            self.settings = settings
        }
    }

    package enum AddOutcome: Sendable {
        /// With the secret of a confidential client without keys, of which only a hash is kept.
        case added(ClientRecord, ClientSecret?)
        case nameTaken
        case invalidName
        case invalid(ClientSettings.Mistake)
    }

    /// Registered clients and the built-in one, in the order of their names, those after `name`.
    package func clients(after name: String = "", limit: Int) async throws -> [ClientRecord] {
        try await store.clients(after: name, limit: limit)
    }

    /// Every registered client and the built-in one, in the order of their names.
    package func clients() async throws -> [ClientRecord] {
        var clients: [ClientRecord] = []
        while true {
            let page = try await self.clients(after: clients.last?.id.value ?? "", limit: 1000)
            clients += page
            if page.count < 1000 { return clients }
        }
    }

    /// Registers a client.
    package func add(_ registration: Registration) async throws -> AddOutcome {
        guard let id = ClientID(named: registration.name) else { return .invalidName }
        let secret = registration.isConfidential && registration.jwks == nil ? ClientSecret(entropy.bytes()) : nil
        let command = AddClient(
            id, secretHash: secret?.hash, jwks: registration.jwks, settings: registration.settings)
        switch try await lane.submit(command) {
        case .added(let client): return .added(client, secret)
        case .nameTaken: return .nameTaken
        case .invalid(let mistake): return .invalid(mistake)
        }
    }

    /// Changes what a client may do, the format of its access tokens, and the limits of its sessions.
    package func set(_ id: ClientID, to settings: ClientSettings) async throws -> SetClient.Outcome {
        try await lane.submit(SetClient(id, to: settings))
    }

    /// Gives a confidential client one more secret; nil when there is no such client.
    package func rotateSecret(of id: ClientID) async throws -> ClientSecret? {
        let secret = ClientSecret(entropy.bytes())
        return try await lane.submit(RotateClientSecret(of: id, to: secret.hash)) == .rotated ? secret : nil
    }

    /// Replaces a confidential client's keys.
    package func setKeys(of id: ClientID, to jwks: String) async throws -> SetClientKeys.Outcome {
        try await lane.submit(SetClientKeys(of: id, to: jwks))
    }

    /// Removes a client. Its sessions are not live any more.
    package func remove(_ id: ClientID) async throws -> RemoveClient.Outcome { try await lane.submit(RemoveClient(id)) }

    /// Uses an assertion up: each authenticates once (RFC 7523 §3, `jti`). The outcome is on disk before anything is
    /// done for its client.
    ///
    /// - Returns: whether it was fresh.
    package func use(_ assertion: UsedOnce) async throws -> Bool { try await lane.submit(UseOnce(assertion)) }
}
