package import SessionEngine
package import TokenCore

/// The session service over any store, with a test clock and seeded randomness.
package struct TestService: Sendable {
    package let store: any Store
    package let rules: SessionRules
    package let clock: TestClock
    package let entropy: Entropy
    package let notifier = RevocationNotifier()
    package let lane: CommitLane
    package let sessions: SessionService
    package let identities: IdentityService

    /// Creates the service and a commit lane over `store`.
    package init(
        store: any Store, policy: RotationPolicy = RotationPolicy(), clock: TestClock = TestClock(), seed: UInt64 = 1,
        masterKeys: MasterKeyRing = TestService.masterKeys(), holdBack: Duration = .zero
    ) {
        self.store = store
        self.clock = clock
        entropy = .seeded(seed)
        rules = SessionRules(
            rotation: RotationRule(policy: policy, keys: RefreshTokenKeys(masterKeys)),
            accessTokenLifetimeSeconds: 600)
        lane = CommitLane(store: store, rules: rules, clock: clock.clock, notifier: notifier)
        sessions = SessionService(
            store: store, lane: lane, rules: rules, clock: clock.clock, entropy: entropy, holdBack: holdBack)
        identities = IdentityService(store: store, lane: lane, entropy: entropy)
    }

    /// A ring of keys that each repeat one byte; the first is the current one.
    package static func masterKeys(_ bytes: UInt8...) -> MasterKeyRing {
        let keys = (bytes.isEmpty ? [1] : bytes).compactMap { MasterKey(bytes: [UInt8](repeating: $0, count: 32)) }
        return MasterKeyRing(current: keys[0], previous: Array(keys.dropFirst()))
    }

    /// Submits a command to the commit lane.
    @discardableResult
    package func submit<C: Command>(_ command: C) async throws -> C.Outcome { try await lane.submit(command) }

    /// Runs `body` in a transaction of the store, without the commit lane.
    @discardableResult
    package func transaction<Outcome>(
        prefetching keys: RowKeys = RowKeys(), _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        var outcome: Outcome?
        try store.commit(prefetching: keys) { rows in
            var transaction = Transaction(rows: rows, rules: rules, now: clock.now)
            outcome = try body(&transaction)
            return transaction.writeSet
        }
        guard let outcome else { throw Refused() }
        return outcome
    }

    /// Applies commands in one transaction of the store, past the commit lane.
    package func apply<C: Command>(_ commands: [C]) throws -> [C.Outcome] {
        let keys = commands.reduce(into: RowKeys()) { keys, command in command.prefetch(into: &keys) }
        return try transaction(prefetching: keys) { transaction in
            var outcomes: [C.Outcome] = []
            try commands.forEachJoiningMissingRows { outcomes.append(try $0.apply(to: &transaction)) }
            return outcomes
        }
    }

    /// Opens a session for an outside subject.
    package func open(
        _ subject: String = "somebody", client: ClientID = .web, device: Device = Device()
    ) async throws -> (session: Session, token: RefreshToken) {
        let outcome = try await sessions.open(
            SubjectID(subject), evidence: .vouched(by: nil), client: client, scope: .none, device: device,
            authenticationMethods: ["fed"])
        guard case .opened(let session, let token, _) = outcome else { throw Refused() }
        return (session, token)
    }

    /// Creates a user with a password hash that no password has.
    package func createUser(_ name: String) async throws -> SubjectRecord {
        let account = SubjectRecord.Account(
            username: name, usernameKey: name, password: PasswordHash(phc: "$x$\(name)"))
        guard case .created(let user) = try await submit(CreateUser(account: account, entropy: entropy)) else {
            throw Refused()
        }
        return user
    }

    /// Opens a session for a user.
    package func login(
        _ user: SubjectRecord, device: Device = Device()
    ) async throws -> (session: Session, token: RefreshToken) {
        let outcome = try await sessions.open(
            user.id, evidence: .password(version: user.account?.passwordVersion ?? 0), client: .web, scope: .none,
            device: device, authenticationMethods: ["pwd"])
        guard case .opened(let session, let token, _) = outcome else { throw Refused() }
        return (session, token)
    }

    /// A sign-in by an identity, with an attempt of its own.
    package func signInCommand(
        _ identity: Identity, upstream: UpstreamSessionID? = nil, use: UsedOnce? = nil,
        signUp: SignInByIdentity.SignUp = .automatic, client: ClientID = .web, device: Device = Device(),
        isFresh: Bool = false
    ) -> SignInByIdentity {
        SignInByIdentity(
            by: identity, in: upstream, use: use ?? StoreConformance.attempt(self), signUp: signUp, provider: "op",
            opening: SignInByIdentity.Opening(
                client: client, scope: .none, device: device, isFreshlyAuthenticated: isFresh),
            entropy: entropy)
    }

    /// Opens a session by an identity.
    package func signIn(
        _ identity: Identity, upstream: UpstreamSessionID? = nil, signUp: SignInByIdentity.SignUp = .automatic,
        device: Device = Device(), isFresh: Bool = false
    ) async throws -> (session: Session, token: RefreshToken) {
        let command = signInCommand(identity, upstream: upstream, signUp: signUp, device: device, isFresh: isFresh)
        guard case .opened(let session, let token, _) = try await submit(command) else { throw Refused() }
        return (session, token)
    }

    /// Presents a token and returns its successor; nil when it is refused.
    package func rotate(_ token: RefreshToken, client: ClientID? = nil) async throws -> RefreshToken? {
        guard case .successor(let successor, _, _) = try await sessions.refresh(token, client: client, address: nil)
        else {
            return nil
        }
        return successor
    }

    /// Presents a token and returns why it is refused; nil when it is accepted.
    package func refusal(of token: RefreshToken, client: ClientID? = nil) async throws -> Refusal? {
        guard case .refused(let refusal) = try await sessions.refresh(token, client: client, address: nil) else {
            return nil
        }
        return refusal
    }

    /// A token with a valid MAC whose session does not exist.
    package func unknownToken() -> RefreshToken {
        rules.rotation.keys.first(
            of: SessionID(UUIDv7(at: clock.now, random: entropy.bytes())), secret: entropy.bytes())
    }

    /// The service refused what a test needs.
    package struct Refused: Error {
        package init() {}
    }
}
