import Foundation

/// Holds one session of an application, and keeps it signed in.
///
/// All calls may be made at the same time, from many tasks and, with a ``FileSessionStore``, from many processes: they
/// share one refresh. A call that is cancelled does not interrupt a refresh. The session is bound to a key of its own
/// (RFC 9449) if the service supports it.
public actor HeirloomClient {
    /// The issuer that the client was made with.
    public nonisolated let issuer: String

    let store: any SessionStore
    let transport: any ClientTransport
    let clock: ClientClock
    var core: ClientCore
    private let listeners = ClientListeners()
    /// Ends when all operations so far have ended.
    private var last: Task<Void, Never>?
    private var refreshing: Task<Result<ClientCore.Value, HeirloomClientError>, Never>?

    /// Makes a client. It sends nothing and does not read the store.
    ///
    /// - Parameters:
    ///   - issuer: the URL of the service, as in its configuration.
    ///   - clientID: the name of a public client that the service knows, such as `web`.
    ///   - store: where the session is kept.
    ///   - transport: how requests are sent.
    ///   - bindsSessions: whether logins offer a key to bind the session to.
    /// - Throws: ``HeirloomClientError/invalidIssuer``.
    public init(
        issuer: String, clientID: String, store: any SessionStore,
        transport: any ClientTransport = URLSessionTransport(), bindsSessions: Bool = true
    ) throws(HeirloomClientError) {
        try self.init(
            issuer: issuer, clientID: clientID, store: store, transport: transport, bindsSessions: bindsSessions,
            clock: ClientClock())
    }

    /// Makes a client with its own clocks, for tests.
    package init(
        issuer: String, clientID: String, store: any SessionStore, transport: any ClientTransport,
        bindsSessions: Bool = true, clock: ClientClock
    ) throws(HeirloomClientError) {
        guard IssuerURL.isValid(issuer) else { throw .invalidIssuer }
        self.issuer = issuer
        self.store = store
        self.transport = transport
        self.clock = clock
        core = ClientCore(
            ClientCore.Settings(
                issuer: issuer, clientID: clientID, bindsSessions: bindsSessions,
                random: { count in
                    var generator = SystemRandomNumberGenerator()
                    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                }))
    }

    /// What happens to the session from now on. Each call returns a sequence of its own, which ends with the client. A
    /// listener that falls behind by more than 64 events loses the oldest.
    public nonisolated var events: AsyncStream<ClientEvent> { listeners.add() }

    /// Opens a session with a name and a password, and stores it. A session that the store held is ended.
    ///
    /// - Parameters:
    ///   - device: a name for the list of the person's devices.
    ///   - scope: the scope to ask for, separated by spaces; nil for none.
    ///   - remember: false for a short session.
    /// - Throws: ``HeirloomClientError``: `refused` with the code `invalid_credentials` for a wrong name or password,
    ///   `unreachable` without an answer, `store` if the session cannot be stored. A login whose answer is lost is not
    ///   repeated.
    @discardableResult
    public func login(
        username: String, password: String, device: String? = nil, scope: String? = nil, remember: Bool = true
    ) async throws(HeirloomClientError) -> ClientSession {
        try await open(
            LoginForm(
                .password(username: username, password: password), device: device, scope: scope, remember: remember))
    }

    /// Opens a session with an ID token of an OpenID provider, and stores it. A session that the store held is ended.
    ///
    /// - Parameters:
    ///   - provider: the provider's name in the configuration of the service.
    ///   - idToken: the ID token.
    ///   - nonce: the nonce that was used to get it.
    ///   - device: a name for the list of the person's devices.
    ///   - scope: the scope to ask for, separated by spaces; nil for none.
    ///   - remember: false for a short session.
    /// - Throws: ``HeirloomClientError``, as ``login(username:password:device:scope:remember:)``.
    @discardableResult
    public func loginWithIDToken(
        _ idToken: String, provider: String, nonce: String, device: String? = nil, scope: String? = nil,
        remember: Bool = true
    ) async throws(HeirloomClientError) -> ClientSession {
        try await open(
            LoginForm(
                .idToken(provider: provider, token: idToken, nonce: nonce), device: device, scope: scope,
                remember: remember))
    }

    /// The session in the store; nil if there is none. The service is not asked.
    ///
    /// - Throws: ``HeirloomClientError``: `store` or `foreignSession`.
    public func session() async throws(HeirloomClientError) -> ClientSession? {
        guard case .session(let session) = try await perform(.look) else { return nil }
        return session
    }

    /// Ends the session and removes it from the store. Without a session it does nothing.
    ///
    /// - Throws: ``HeirloomClientError``: `unreachable` if the service could not be asked; the session is then kept.
    ///   Call it again, or ``forget()``.
    public func logout() async throws(HeirloomClientError) { _ = try await perform(.logout) }

    /// Removes the session from the store without a request. The service keeps it until it expires.
    ///
    /// - Throws: ``HeirloomClientError``: `store` if it cannot be removed.
    public func forget() async throws(HeirloomClientError) {
        _ = try await perform(.forget(sessionID: nil, .forgotten))
    }

    private func open(_ form: LoginForm) async throws(HeirloomClientError) -> ClientSession {
        guard case .session(let session) = try await perform(.login(form)) else { throw .notSignedIn }
        return session
    }

    /// An access token that need not be replaced yet and is not the given one. During an outage of the service, one
    /// that has not expired.
    func credential(replacing old: String? = nil) async throws(HeirloomClientError) -> AccessCredential {
        while true {
            if let fresh = core.freshToken(at: clock.now()), fresh.token != old { return fresh }
            let isOwn = refreshing == nil
            let flight = refreshing ?? Task { await self.result(of: .refresh(replacing: old)) }
            refreshing = flight
            let outcome = await flight.value
            if isOwn { refreshing = nil }
            switch outcome {
            case .success(.token(let token)) where token.token != old: return token
            // Another caller's refresh has returned the token that this caller replaces.
            case .success where !isOwn: continue
            case .success: throw .unreachable(retryAfter: nil)
            case .failure(let error):
                if old == nil, let usable = core.usableToken(at: clock.now()) { return usable }
                throw error
            }
        }
    }

    func perform(_ operation: ClientCore.Operation) async throws(HeirloomClientError) -> ClientCore.Value {
        try await result(of: operation).get()
    }

    /// Runs an operation after all earlier ones. It runs to its end even if the caller is cancelled.
    private func result(of operation: ClientCore.Operation) async -> Result<ClientCore.Value, HeirloomClientError> {
        let previous = last
        let task = Task {
            await previous?.value
            return await runLocked(operation)
        }
        last = Task { _ = await task.value }
        return await task.value
    }

    private func runLocked(
        _ operation: ClientCore.Operation
    ) async -> Result<ClientCore.Value, HeirloomClientError> {
        do throws(SessionStoreError) {
            return try await store.withLock { await self.run(operation) }
        } catch {
            listeners.report([.storeFailed(error.description)])
            return .failure(.store(error.description))
        }
    }

    /// Performs the actions of the core until it has finished.
    private func run(_ operation: ClientCore.Operation) async -> Result<ClientCore.Value, HeirloomClientError> {
        var step = core.begin(operation, at: clock.now())
        while true {
            listeners.report(step.reports)
            if case .finish(let result) = step.action { return result }
            let event = await event(of: step.action)
            step = core.resume(event, at: clock.now())
        }
    }

    private func event(of action: ClientCore.Action) async -> ClientCore.Event {
        do throws(SessionStoreError) {
            switch action {
            case .load: return .loaded(try await store.load())
            case .save(let bytes):
                try await store.save(bytes)
                return .saved
            case .remove:
                try await store.remove()
                return .removed
            case .send(let request):
                do {
                    return .answered(try await transport.send(request))
                } catch {
                    return .failed(error as? TransportFailure ?? .noAnswer)
                }
            case .pause(let duration): await clock.sleep(duration)
            case .finish: break
            }
            return .paused
        } catch {
            return .storeFailed(error)
        }
    }
}
