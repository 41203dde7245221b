import Synchronization

/// The service's JWK set, fetched and kept: through an outage of the service the last one goes on.
final class RemoteKeySet: Sendable {
    private struct State {
        var keys: VerificationKeys?
        var etag: String?
        var lastAttempt: ContinuousClock.Instant?
        var lastSuccess: ContinuousClock.Instant?
        var fetch: Task<Void, Never>?
    }

    private let url: String
    private let transport: any VerifierTransport
    private let whenChanged: @Sendable () -> Void
    private let state = Mutex(State())

    /// A token with an unknown `kid` causes a fetch at most this often.
    private let shortestInterval: Duration
    private let timeout = Duration.seconds(10)

    init(
        url: String, transport: any VerifierTransport, shortestInterval: Duration = .seconds(10),
        whenChanged: @escaping @Sendable () -> Void
    ) {
        self.url = url
        self.transport = transport
        self.shortestInterval = shortestInterval
        self.whenChanged = whenChanged
    }

    /// Nil until the set was fetched for the first time.
    var keys: VerificationKeys? { state.withLock { $0.keys } }

    /// How long ago the service last confirmed the set; nil when it never did.
    var age: Duration? { state.withLock { $0.lastSuccess }.map { .now - $0 } }

    /// Fetches the set unless that was tried a moment ago. Callers that come while it is being fetched wait for the same fetch.
    func refreshIfAllowed() async {
        let fetch = state.withLock { state -> Task<Void, Never>? in
            if let running = state.fetch { return running }
            if let last = state.lastAttempt, .now - last < shortestInterval { return nil }
            return start(&state)
        }
        await fetch?.value
    }

    /// Fetches the set now.
    func refresh() async { await state.withLock { $0.fetch ?? start(&$0) }.value }

    private func start(_ state: inout State) -> Task<Void, Never> {
        state.lastAttempt = .now
        let fetch = Task { await self.fetch() }
        state.fetch = fetch
        return fetch
    }

    private func fetch() async {
        let known = state.withLock { $0.etag }
        var fresh: (keys: VerificationKeys, etag: String?)?
        var isConfirmed = false
        do {
            let headers = known.map { [(name: "If-None-Match", value: $0)] } ?? []
            let answer = try await transport.get(url, headers: headers, timeout: timeout)
            if answer.status == 200 { fresh = (try await VerificationKeys(jwks: answer.body), answer.etag) }
            isConfirmed = answer.status == 200 || answer.status == 304
        } catch {
            // The service is away, or what answers is not it. The last set stays.
        }
        state.withLock { state in
            state.fetch = nil
            if isConfirmed { state.lastSuccess = .now }
            guard let fresh else { return }
            state.keys = fresh.keys
            state.etag = fresh.etag
        }
        if fresh != nil { whenChanged() }
    }
}
