/// Opens, rotates, shows and ends sessions: what the wire and the command line call.
///
/// Each method makes a command, sends it down the commit lane, and returns its outcome.
package struct SessionService: Sendable {
    package let store: any Store
    package let lane: CommitLane
    package let rules: SessionRules
    package let clock: Clock
    private let entropy: Entropy
    private let presentations: ConcurrentPresentations<Presentation>
    private let metrics = RefreshMetrics()

    private struct Presentation: Hashable {
        let session: SessionID
        let fingerprint: UInt64
        let client: ClientID?
        let isAuthenticated: Bool
    }

    /// - Parameter patience: how long the answer to a retry is held back; see ``ConcurrentPresentations``.
    package init(
        store: any Store, lane: CommitLane, rules: SessionRules, clock: @escaping Clock,
        entropy: Entropy = .system, holdBack: Duration = .milliseconds(25)
    ) {
        self.store = store
        self.lane = lane
        self.rules = rules
        self.clock = clock
        self.entropy = entropy
        presentations = ConcurrentPresentations(holdBack: holdBack)
    }

    package var policy: RotationPolicy { rules.rotation.policy }

    /// Reads a refresh token and checks its MAC; nil when either is wrong.
    package func parse(_ token: String) -> RefreshToken? {
        RefreshToken(parsing: token, keys: rules.rotation.keys)
    }

    package func open(
        _ subject: SubjectID, evidence: OpenSession.Evidence, client: ClientID, scope: Scope, device: Device,
        authenticationMethods: [String], authenticatedAt: Timestamp? = nil
    ) async throws -> OpenSession.Outcome {
        try await lane.submit(
            OpenSession(
                subject: subject, evidence: evidence, client: client, scope: scope, device: device,
                authenticationMethods: authenticationMethods, authenticatedAt: authenticatedAt, entropy: entropy))
    }

    /// Presents a refresh token.
    ///
    /// - Parameter isAuthenticated: whether the caller proved to be `client`.
    package func refresh(
        _ token: RefreshToken, client: ClientID?, isAuthenticated: Bool = false, address: String?
    ) async throws -> Rotate.Outcome {
        let presentation = Presentation(
            session: token.session, fingerprint: token.fingerprint, client: client, isAuthenticated: isAuthenticated)
        return try await presentations.present(presentation) { isConcurrent in
            let outcome = try await lane.submit(
                Rotate(
                    presented: token, client: client, isAuthenticated: isAuthenticated, address: address,
                    isConcurrent: isConcurrent, entropy: entropy))
            metrics.count(outcome, isConcurrent: isConcurrent)
            return outcome
        } isRetry: { outcome in
            guard case .successor(_, let session) = outcome else { return false }
            return session.token.retries > 0
        }
    }

    /// The session as it stands now, if it is live.
    package func look(up id: SessionID) async throws -> SessionStatus {
        judge(try await store.session(id))
    }

    /// What a session that was looked up is worth.
    package func judge(_ session: Session?) -> SessionStatus {
        guard let session else { return .refused(.unknown, nil) }
        if session.isRevoked { return .refused(.revoked, session) }
        return isLive(session) ? .granted(session) : .refused(.expired, session)
    }

    /// The live sessions of a subject, or of everybody, the newest first, at most a thousand.
    package func sessions(of subject: SubjectID?) async throws -> [Session] {
        try await store.sessions(of: subject, limit: 1000).filter(isLive)
    }

    /// The client of this name, the built-in one included.
    package func client(_ id: ClientID) async throws -> ClientRecord? {
        id == .web ? .web : try await store.client(id)
    }

    package func isLive(_ session: Session) -> Bool {
        session.isLive(at: clock(), idleLifetimeSeconds: policy.idleLifetimeSeconds)
    }
}
