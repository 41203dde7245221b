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
        /// Whether it must prove who it is, by a secret that it gets or by its keys.
        package var isConfidential: Bool
        /// A JWK set of public keys: it signs assertions, and gets no secret.
        package var jwks: String?
        package var accessTokenFormat: ClientRecord.AccessTokenFormat
        /// Nil for any.
        package var allowedScope: Scope?

        package init(
            name: String, isConfidential: Bool, jwks: String? = nil, accessTokenFormat: ClientRecord.AccessTokenFormat = .jwt,
            allowedScope: Scope? = nil
        ) {
            self.name = name
            self.isConfidential = isConfidential || jwks != nil
            self.jwks = jwks
            self.accessTokenFormat = accessTokenFormat
            self.allowedScope = allowedScope
        }
    }

    package enum AddOutcome: Sendable {
        /// With the secret of a confidential client without keys, which is not kept.
        case added(ClientRecord, ClientSecret?)
        case nameTaken
        case invalidName
    }

    /// Registers a client.
    package func add(_ application: Application) async throws -> AddOutcome {
        guard let id = ClientID(named: application.name) else { return .invalidName }
        let secret = application.isConfidential && application.jwks == nil ? ClientSecret(entropy.bytes()) : nil
        let command = AddClient(
            id, secretHash: secret?.hash, jwks: application.jwks, accessTokenFormat: application.accessTokenFormat,
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

    /// Replaces a confidential client's keys.
    package func setKeys(of id: ClientID, to jwks: String) async throws -> SetClientKeys.Outcome {
        try await lane.submit(SetClientKeys(of: id, to: jwks))
    }

    /// Removes a client.
    package func remove(_ id: ClientID) async throws -> RemoveClient.Outcome { try await lane.submit(RemoveClient(id)) }
}
