import Synchronization

/// The JWK set of an issuer. During an outage of the issuer the last fetched set remains in use.
package final class RemoteKeySet: Sendable {
    private struct State {
        var keys: VerificationKeys?
        var etag: String?
        /// When an unknown `kid` last caused a fetch.
        var lastDemand: Duration?
        var lastSuccess: Duration?
        var fetch: Task<Void, Never>?
    }

    /// The shortest time between two fetches that unknown `kid`s cause.
    private static let shortestInterval = Duration.seconds(10)
    private static let timeout = Duration.seconds(10)

    private let url: String
    private let transport: any VerifierTransport
    private let clock: VerifierClock
    private let parse: @Sendable ([UInt8]) async throws -> VerificationKeys
    private let onChange: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - parse: reads a set.
    ///   - onChange: called after the keys have changed.
    package init(
        url: String, transport: any VerifierTransport, clock: VerifierClock,
        parse: @escaping @Sendable ([UInt8]) async throws -> VerificationKeys = {
            try await VerificationKeys(jwks: $0)
        },
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        self.url = url
        self.transport = transport
        self.clock = clock
        self.parse = parse
        self.onChange = onChange
    }

    /// The last fetched keys; nil before the first successful fetch.
    package var keys: VerificationKeys? { state.withLock { $0.keys } }

    /// The time since the issuer last confirmed the set; nil if it never did.
    package var age: Duration? { state.withLock { $0.lastSuccess }.map { clock.uptime() - $0 } }

    /// Fetches the set for an unknown `kid`, at most once in ten seconds. A fetch by ``refresh()`` does not count: the
    /// issuer may have changed its keys right after it. Waits for a fetch that is under way.
    package func refreshIfAllowed() async {
        let fetch = state.withLock { state -> Task<Void, Never>? in
            if let running = state.fetch { return running }
            if let last = state.lastDemand, clock.uptime() - last < RemoteKeySet.shortestInterval { return nil }
            state.lastDemand = clock.uptime()
            return start(&state)
        }
        await fetch?.value
    }

    /// Fetches the set. Waits for a fetch that is under way instead of starting another.
    package func refresh() async { await state.withLock { $0.fetch ?? start(&$0) }.value }

    private func start(_ state: inout State) -> Task<Void, Never> {
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
            let answer = try await transport.get(url, headers: headers, timeout: RemoteKeySet.timeout)
            if answer.status == 200 { fresh = (try await parse(answer.body), answer.etag) }
            isConfirmed = answer.status == 200 || answer.status == 304
        } catch {
            // The issuer did not answer, or its answer is not a JWK set. The last set remains in use.
        }
        state.withLock { state in
            state.fetch = nil
            if isConfirmed { state.lastSuccess = clock.uptime() }
            guard let fresh else { return }
            state.keys = fresh.keys
            state.etag = fresh.etag
        }
        if fresh != nil { onChange() }
    }
}
