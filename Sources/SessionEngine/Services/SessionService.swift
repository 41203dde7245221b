import StrictCoding
package import TokenCore

/// Opens, refreshes, shows and ends sessions: what the HTTP controllers and the command line call.
///
/// A method that changes something makes a command, submits it to the commit lane, and returns the outcome. Every
/// method throws ``TokenCore/Unavailable`` when the store cannot answer now.
package struct SessionService: Sendable {
    package let clock: Clock
    private let store: any Store
    private let lane: CommitLane
    private let rules: SessionRules
    private let entropy: Entropy
    private let presentations: ConcurrentPresentations<PresentationKey>
    private let metrics = RefreshMetrics()

    /// What makes two presentations the same one.
    private struct PresentationKey: Hashable {
        let session: SessionID
        let fingerprint: UInt64
        let client: ClientID?
        let isAuthenticated: Bool
        /// The key that the presentation proves.
        let key: KeyThumbprint?
    }

    /// - Parameter holdBack: how long the answer to a retry is held back; see ``ConcurrentPresentations``.
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

    /// Reads a refresh token and checks its MAC: row 1 of the rotation rule. Nil when either is wrong.
    package func parse(_ token: String) -> RefreshToken? { RefreshToken(parsing: token, keys: rules.rotation.keys) }

    /// When a session expires if its refresh token is not used again.
    package func expiry(of session: Session) -> Timestamp { policy.expiry(of: session) }
}

// MARK: - Opening and refreshing

extension SessionService {
    package func open(
        _ subject: SubjectID, evidence: OpenSession.Evidence, client: ClientID, scope: Scope, device: Device,
        authenticationMethods: [String], authenticatedAt: Timestamp? = nil, isRemembered: Bool = true,
        claims: Claims? = nil, binding: OpenSession.Binding = .none
    ) async throws -> OpenSession.Outcome {
        try await lane.submit(
            OpenSession(
                subject: subject, evidence: evidence, client: client, scope: scope, device: device,
                authenticationMethods: authenticationMethods, authenticatedAt: authenticatedAt,
                isRemembered: isRemembered, claims: claims, binding: binding, entropy: entropy))
    }

    /// Presents a refresh token.
    ///
    /// - Parameters:
    ///   - client: the client that presents it; nil when the caller did not name one.
    ///   - isAuthenticated: whether the caller proved to be `client`.
    ///   - proof: what the caller shows of a key.
    package func refresh(
        _ token: RefreshToken, client: ClientID?, isAuthenticated: Bool = false, proof: PresentedProof = .absent,
        address: String?
    ) async throws -> Rotate.Outcome {
        // A presentation without the key is never concurrent with one that has it.
        let key = PresentationKey(
            session: token.session, fingerprint: token.fingerprint, client: client, isAuthenticated: isAuthenticated,
            key: proof.proof?.key)
        return try await presentations.present(key) { isConcurrent in
            let presentation = Presentation(
                token, by: client, isAuthenticated: isAuthenticated, proof: proof, isConcurrent: isConcurrent)
            let outcome = try await lane.submit(Rotate(presentation, address: address, entropy: entropy))
            metrics.count(outcome, isConcurrent: isConcurrent)
            return outcome
        } isRetry: { outcome in
            guard case .successor(_, let session, _) = outcome else { return false }
            return session.token.retries > 0
        }
    }
}

// MARK: - Looking up

extension SessionService {
    /// A session, live or not; nil when there is none.
    package func session(_ id: SessionID) async throws -> Session? { try await store.session(id) }

    /// A session and the client that asks about it, in one call. A store may combine the two look-ups.
    package func session(
        _ id: SessionID?, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        guard let id else { return (nil, try await self.client(client)) }
        return try await store.session(id, askedBy: client)
    }

    /// The current status of a session.
    package func status(of id: SessionID) async throws -> SessionStatus { status(of: try await store.session(id)) }

    /// The current status of a session that was already read.
    package func status(of session: Session?) -> SessionStatus { policy.status(of: session, at: clock()) }

    /// The current status of a refresh token. It is judged like a refresh. Nothing is rotated or written, so that a
    /// proof is not used up.
    package func status(of presentation: Presentation) async throws -> SessionStatus {
        status(of: presentation, session: try await store.session(presentation.token.session))
    }

    /// The same, when the session that the token names was looked up already.
    package func status(of presentation: Presentation, session: Session?) -> SessionStatus {
        rules.rotation.status(of: presentation, session: session, now: clock())
    }

    /// The live sessions of a subject, or of all subjects, the newest first, at most `limit`.
    ///
    /// - Parameter id: leaves out this session and those that are newer; nil for none.
    package func sessions(
        of subject: SubjectID?, after id: SessionID? = nil, limit: Int = 1000
    ) async throws -> [Session] {
        try await page(of: subject, after: id, limit: limit).sessions
    }

    /// A page of the live sessions of a subject, or of all subjects, the newest first.
    ///
    /// Sessions that have expired are passed over, some pages' worth at most. Then the page has fewer than `limit`
    /// sessions, although there may be more.
    ///
    /// - Parameters:
    ///   - start: leaves out this session and those that are newer; nil for none.
    ///   - own: is left out too.
    package func page(
        of subject: SubjectID?, after start: SessionID? = nil, limit: Int, except own: SessionID? = nil
    ) async throws -> SessionPage {
        let now = clock()
        var live: [Session] = []
        var last = start
        for _ in 0..<SessionService.longestSearch {
            let found = try await store.openSessions(of: subject, after: last, limit: limit + 1)
            live += found.filter { $0.id != own && policy.refusal(of: $0, at: now) == nil }
            if live.count > limit {
                let next = limit > 0 ? live[limit - 1].id : start ?? .greatest
                return SessionPage(sessions: Array(live[..<limit]), next: next)
            }
            if found.count <= limit { return SessionPage(sessions: live, next: nil) }
            last = found.last?.id
        }
        return SessionPage(sessions: live, next: last)
    }

    /// How many pages of open sessions are read for one page of live ones.
    private static let longestSearch = 8

    /// A subject; nil when it is not known.
    package func subject(_ id: SubjectID) async throws -> SubjectRecord? { try await store.subject(id) }

    /// The client of this name, the built-in one included.
    package func client(_ id: ClientID) async throws -> ClientRecord? { try await store.client(id) }

    /// Events of one subject, or of all, the newest first.
    package func events(of subject: SubjectID?, limit: Int) async throws -> [EventRecord] {
        try await events(EventQuery(subject: subject), limit: limit)
    }

    /// The events that a list shows.
    package func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] {
        try await store.events(query, limit: limit)
    }
}

// MARK: - Ending

extension SessionService {
    package func end(
        _ session: SessionID, by owner: EndSession.Owner, reason: EndReason, address: String? = nil
    ) async throws -> EndSession.Outcome {
        try await lane.submit(EndSession(session, by: owner, reason: reason, address: address))
    }

    /// Ends every session of a subject.
    package func endAll(
        by requester: EndAllSessions.Requester, address: String? = nil
    ) async throws -> EndAllSessions.Outcome {
        try await lane.submit(EndAllSessions(by: requester, address: address))
    }

    /// Ends every session of a subject but the one that the caller acts as.
    package func endOthers(than kept: SessionID, address: String? = nil) async throws -> EndOtherSessions.Outcome {
        try await lane.submit(EndOtherSessions(than: kept, address: address))
    }
}

// MARK: - Proofs

extension SessionService {
    /// Uses up a ``TokenCore/UsedOnce`` for something that writes nothing else. Returns when the outcome is on disk.
    ///
    /// - Returns: whether it was fresh.
    package func use(_ use: UsedOnce) async throws -> Bool { try await lane.submit(UseOnce(use)) }
}

// MARK: - Operation

extension SessionService {
    /// Writes something that has no meaning, to find out whether the store can commit.
    package func probeWrite() async throws { try await lane.submit(WriteProbe()) }

    /// Records that somebody signed in to the console.
    ///
    /// - Parameter link: the link that they came by, which it uses up; nil for somebody who showed the admin token.
    package func enterConsole(by link: UsedOnce?, address: String?) async throws -> EnterConsole.Outcome {
        try await lane.submit(EnterConsole(by: link, address: address))
    }

    /// How many commands wait for the commit lane.
    package var queueDepth: Int { lane.depth }

    /// Refuses every change from now on. Those that wait are still committed.
    package func close() { lane.close() }
}
