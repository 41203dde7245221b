/// Registers clients and changes their secrets: what the command line and the admin API call.
package struct ClientService: Sendable {
    private let lane: CommitLane
    private let entropy: Entropy

    package init(sessions: SessionService, entropy: Entropy = .system) {
        lane = sessions.lane
        self.entropy = entropy
    }

    /// What somebody asks for.
    package struct Application: Sendable {
        package var name: String
        /// Whether it gets a secret that it must show; one with keys shows an assertion instead.
        package var isConfidential: Bool
        package var accessTokenFormat: Client.AccessTokenFormat
        /// Nil for any.
        package var allowedScope: Scope?

        package init(
            name: String, isConfidential: Bool, accessTokenFormat: Client.AccessTokenFormat = .jwt,
            allowedScope: Scope? = nil
        ) {
            self.name = name
            self.isConfidential = isConfidential
            self.accessTokenFormat = accessTokenFormat
            self.allowedScope = allowedScope
        }
    }

    package enum AddOutcome: Sendable {
        /// With the secret of a confidential client, which is not kept.
        case added(Client, ClientSecret?)
        case nameTaken
        case invalidName
    }

    /// Registers a client.
    package func add(_ application: Application) async throws -> AddOutcome {
        guard let id = ClientID(named: application.name) else { return .invalidName }
        let secret = application.isConfidential ? ClientSecret(entropy.bytes()) : nil
        let command = AddClient(
            id, secretHash: secret?.hash, accessTokenFormat: application.accessTokenFormat,
            allowedScope: application.allowedScope)
        switch try await lane.submit(command) {
        case .added(let client): return .added(client, secret)
        case .nameTaken: return .nameTaken
        }
    }

    /// Gives a confidential client one more secret; nil when there is no such client.
    package func rotateSecret(of id: ClientID) async throws -> ClientSecret? {
        let secret = ClientSecret(entropy.bytes())
        return try await lane.submit(RotateClientSecret(of: id, to: secret.hash)) == .rotated ? secret : nil
    }

    /// Removes a client.
    package func remove(_ id: ClientID) async throws -> RemoveClient.Outcome { try await lane.submit(RemoveClient(id)) }
}
