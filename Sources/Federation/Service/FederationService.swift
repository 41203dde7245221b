package import Logging
package import SessionEngine
import StrictCoding
package import TokenCore
package import TokenVerifier

/// Signs people in with OpenID providers, links their identities, and ends sessions when a provider says so: what the
/// HTTP controllers call.
package struct FederationService: Sendable {
    /// The longest time that a sign-in may spend with the provider.
    static let longestFinish = Duration.seconds(15)

    /// The parts of an installation that the service works with.
    package struct Parts: Sendable {
        package var sessions: SessionService
        package var identities: IdentityService
        package var lane: CommitLane
        package var seal: AttemptSeal

        package init(
            sessions: SessionService, identities: IdentityService, lane: CommitLane, seal: AttemptSeal
        ) {
            self.sessions = sessions
            self.identities = identities
            self.lane = lane
            self.seal = seal
        }
    }

    /// The providers, in the order of their ids.
    package let providers: [Provider]
    let parts: Parts
    let connections: [ProviderID: ProviderConnection]
    let finishes: SharedFinishes
    let metrics = FederationMetrics()
    let clock: VerifierClock
    let entropy: Entropy
    let logger: Logger
    private let redirectBase: String
    private let attemptSeconds: Int

    /// - Parameters:
    ///   - issuer: this service's issuer identifier, which the redirect URIs are below.
    ///   - attemptSeconds: how long a person may take at the provider.
    package init(
        providers: [Provider], issuer: String, attemptSeconds: Int, parts: Parts,
        transport: any UpstreamTransport, clock: VerifierClock = VerifierClock(), entropy: Entropy = .system,
        logger: Logger = Logger(label: "heirloom.federation")
    ) {
        let client = UpstreamClient(transport)
        self.providers = providers.sorted { $0.id.value < $1.id.value }
        self.parts = parts
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
        self.attemptSeconds = attemptSeconds
        connections = Dictionary(
            uniqueKeysWithValues: providers.map {
                ($0.id, ProviderConnection($0, client: client, clock: clock, logger: logger))
            })
        finishes = SharedFinishes(uptime: clock.uptime)
        redirectBase = issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.dropLast()) : issuer
    }

    /// The provider of an id.
    ///
    /// - Throws: ``FederationRefusal/unknownProvider``.
    package func provider(_ id: String) throws(FederationRefusal) -> Provider { try connection(id).provider }

    /// The redirect URI that must be registered at a provider.
    package func redirectURI(of provider: Provider) -> String { redirectBase + provider.callbackPath }

    func connection(_ id: String) throws(FederationRefusal) -> ProviderConnection {
        guard let id = ProviderID(id), let connection = connections[id] else { throw .unknownProvider }
        return connection
    }

    /// Fetches metadata and keys again when they have become old, and records the age of keys, until the task is
    /// cancelled.
    package func run() async {
        while !Task.isCancelled {
            for connection in connections.values {
                await connection.refreshIfOld()
                if let age = connection.keyAge { metrics.keyAge(connection.provider.id, age) }
            }
            try? await clock.sleep(.seconds(15))
        }
    }
}

// MARK: - Beginning

extension FederationService {
    /// Begins an attempt.
    ///
    /// - Parameters:
    ///   - id: the provider's id, as the path of the request has it.
    ///   - returnTo: a checked path or URL.
    /// - Throws: ``FederationRefusal``.
    package func begin(
        at id: String, _ purpose: Attempt.Purpose, returnTo: String?
    ) async throws -> BeginAnswer {
        let connection = try connection(id)
        let provider = connection.provider
        let attempt = Attempt(
            at: provider, purpose: purpose, returnTo: returnTo, now: parts.sessions.clock(),
            lifetimeSeconds: attemptSeconds, entropy: entropy)
        let metadata: ProviderMetadata
        do {
            metadata = try await connection.metadata()
        } catch {
            note(error, of: provider)
            throw error
        }
        let name = Attempt.cookieName(of: attempt.state) ?? Attempt.cookiePrefix
        let request = AuthorizationRequest(
            provider: provider, metadata: metadata, attempt: attempt, redirectURI: redirectURI(of: provider))
        return BeginAnswer(
            authorizationURL: request.url, cookieName: name,
            cookieValue: try parts.seal.seal(attempt, cookieName: name), maxAgeSeconds: attemptSeconds)
    }

    /// Writes a refusal to the log. A code, a token or a text of the provider's is never a part of it.
    func note(_ error: any Error, of provider: Provider) {
        let reason = (error as? FederationRefusal)?.rawValue ?? "\(error)"
        logger.warning(
            "A sign-in by a provider was refused",
            metadata: ["provider": "\(provider.id)", "reason": "\(reason)"])
    }
}
