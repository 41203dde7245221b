import Logging
import StrictCoding
import Synchronization
import TokenVerifier

/// What this process has learned of one provider: its metadata and its keys. Both are fetched when they are first
/// needed, and the last ones stay in use while the provider cannot be reached.
final class ProviderConnection: Sendable {
    /// How old metadata may become before it is fetched again.
    static let metadataLifetime = Duration.seconds(3600)
    /// How old keys may become: how long a key that the provider withdrew is accepted.
    static let keyLifetime = Duration.seconds(900)

    private struct State {
        var metadata: ProviderMetadata?
        var fetchedAt: Duration?
        var flight: Task<ProviderMetadata, any Error>?
        var keys: (url: String, set: RemoteKeySet)?
    }

    let provider: Provider
    private let client: UpstreamClient
    private let clock: VerifierClock
    private let logger: Logger
    private let eventKeys: RemoteKeySet?
    private let state = Mutex(State())

    init(_ provider: Provider, client: UpstreamClient, clock: VerifierClock, logger: Logger) {
        self.provider = provider
        self.client = client
        self.clock = clock
        self.logger = logger
        eventKeys = provider.events.map {
            ProviderConnection.keySet(at: $0.jwksURI, of: provider, client: client, clock: clock)
        }
    }

    /// The provider's metadata.
    ///
    /// - Throws: ``FederationRefusal/providerUnavailable`` or ``FederationRefusal/metadataWrong``.
    func metadata() async throws -> ProviderMetadata {
        let (known, flight) = state.withLock { state -> (ProviderMetadata?, Task<ProviderMetadata, any Error>?) in
            let isFresh = state.fetchedAt.map { clock.uptime() - $0 < ProviderConnection.metadataLifetime } ?? false
            return (state.metadata, isFresh ? nil : fetch(&state))
        }
        if let known { return known }
        guard let flight else { throw FederationRefusal.providerUnavailable }
        return try await flight.value
    }

    /// Fetches the metadata again.
    func refreshMetadata() async throws -> ProviderMetadata {
        try await state.withLock { fetch(&$0) }.value
    }

    private func fetch(_ state: inout State) -> Task<ProviderMetadata, any Error> {
        if let flight = state.flight { return flight }
        let flight = Task { try await self.fetchMetadata() }
        state.flight = flight
        return flight
    }

    private func fetchMetadata() async throws -> ProviderMetadata {
        defer { state.withLock { $0.flight = nil } }
        let request = UpstreamRequest(.metadata, of: provider, url: ProviderMetadata.url(of: provider.issuer))
        do {
            let metadata = try ProviderMetadata(try await client.get(request).body, of: provider)
            state.withLock { state in
                state.metadata = metadata
                state.fetchedAt = clock.uptime()
            }
            return metadata
        } catch let failure as UpstreamFailure {
            throw failure.isTemporary ? FederationRefusal.providerUnavailable : .metadataWrong
        } catch {
            client.countMalformed(.metadata, of: provider.id)
            logger.warning(
                "The metadata of a provider cannot be used",
                metadata: ["provider": "\(provider.id)", "reason": "\(error)"])
            throw FederationRefusal.metadataWrong
        }
    }

    /// The keys that the provider signs ID tokens and logout tokens with.
    func keys() async throws -> RemoteKeySet {
        let url = try await metadata().jwksURI
        return state.withLock { state in
            if let keys = state.keys, keys.url.isExactly(url) { return keys.set }
            let set = ProviderConnection.keySet(at: url, of: provider, client: client, clock: clock)
            state.keys = (url, set)
            return set
        }
    }

    /// The keys that security events are signed with.
    ///
    /// - Throws: ``FederationRefusal/unknownProvider`` for a provider that pushes no events.
    func eventKeySet() throws -> RemoteKeySet {
        guard let eventKeys else { throw FederationRefusal.unknownProvider }
        return eventKeys
    }

    /// The time since the provider last confirmed its keys; nil if it never did.
    var keyAge: Duration? { state.withLock { $0.keys?.set }?.age }

    /// The time since the metadata was fetched; nil if it never was.
    var metadataAge: Duration? { state.withLock { $0.fetchedAt }.map { clock.uptime() - $0 } }

    /// Fetches metadata and keys that have become old, if they were in use at all.
    func refreshIfOld() async {
        if let age = metadataAge, age >= ProviderConnection.metadataLifetime { _ = try? await refreshMetadata() }
        for set in [state.withLock { $0.keys?.set }, eventKeys] {
            if let set, let age = set.age, age >= ProviderConnection.keyLifetime { await set.refresh() }
        }
    }

    /// Sends a request of a sign-in.
    func send(
        _ request: UpstreamRequest, orThrow refusal: FederationRefusal
    ) async throws(FederationRefusal) -> UpstreamAnswer {
        do {
            return request.form == nil ? try await client.get(request) : try await client.post(request)
        } catch {
            throw error.isTemporary ? .providerUnavailable : refusal
        }
    }

    private static func keySet(
        at url: String, of provider: Provider, client: UpstreamClient, clock: VerifierClock
    ) -> RemoteKeySet {
        let algorithms = provider.algorithms.map(\.rawValue)
        return RemoteKeySet(
            url: url, transport: KeyTransport(client: client, provider: provider), clock: clock,
            parse: { try await VerificationKeys(foreign: $0, algorithms: algorithms) })
    }
}

extension RemoteKeySet {
    /// Judges a token with the keys. If none has its `kid`, the keys are fetched again, if that is allowed now.
    ///
    /// - Throws: ``FederationRefusal/providerUnavailable`` if there are no keys; what `judge` throws.
    func judging<Judged>(
        _ judge: (VerificationKeys) throws(FederationRefusal) -> Judged
    ) async throws(FederationRefusal) -> Judged {
        if keys == nil { await refresh() }
        guard let known = keys else { throw .providerUnavailable }
        do {
            return try judge(known)
        } catch .tokenKeyUnknown {
            await refreshIfAllowed()
            return try judge(keys ?? known)
        }
    }
}
