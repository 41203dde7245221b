package import TokenCore

/// A session service over any store, with a clock and a seed of its own.
package struct TestService: Sendable {
    package let store: any Store
    package let clock: TestClock
    package let entropy: Entropy
    package let sessions: SessionService

    package init(
        store: any Store, policy: RotationPolicy = RotationPolicy(), clock: TestClock = TestClock(), seed: UInt64 = 1,
        masterKeys: MasterKeyRing = TestService.masterKeys(), holdBack: Duration = .zero
    ) {
        self.store = store
        self.clock = clock
        entropy = SeededEntropy(seed: seed).entropy
        let rules = SessionRules(
            rotation: RotationRule(policy: policy, keys: RefreshTokenKeys(masterKeys)),
            accessTokenLifetimeSeconds: 600)
        sessions = SessionService(
            store: store, lane: CommitLane(store: store, rules: rules, clock: clock.clock), rules: rules,
            clock: clock.clock, entropy: entropy, holdBack: holdBack)
    }

    /// A ring whose keys consist of one byte each, the current one first.
    package static func masterKeys(_ bytes: UInt8...) -> MasterKeyRing {
        let keys = (bytes.isEmpty ? [1] : bytes).compactMap { MasterKey(bytes: [UInt8](repeating: $0, count: 32)) }
        return MasterKeyRing(current: keys[0], previous: Array(keys.dropFirst()))
    }

    /// Opens a session for a subject from outside.
    package func open(
        _ subject: String = "somebody", device: Device = Device()
    ) async throws -> (session: Session, token: RefreshToken) {
        let outcome = try await sessions.open(
            SubjectID(subject), evidence: .vouched(by: nil), client: .web, scope: .none, device: device,
            authenticationMethods: ["fed"])
        guard case .opened(let session, let token) = outcome else { throw Refused() }
        return (session, token)
    }

    /// A user, as if its password had been hashed.
    package func createUser(_ name: String) async throws -> SubjectRecord {
        let account = SubjectRecord.Account(username: name, usernameKey: name, password: PasswordHash(phc: "$x$\(name)"))
        let outcome = try await sessions.lane.submit(CreateUser(account: account, entropy: entropy))
        guard case .created(let user) = outcome else { throw Refused() }
        return user
    }

    package func login(_ user: SubjectRecord) async throws -> (session: Session, token: RefreshToken) {
        let outcome = try await sessions.open(
            user.id, evidence: .password(version: user.account?.passwordVersion ?? 0), client: .web, scope: .none,
            device: Device(), authenticationMethods: ["pwd"])
        guard case .opened(let session, let token) = outcome else { throw Refused() }
        return (session, token)
    }

    /// Presents a token; nil when it is refused.
    package func rotate(_ token: RefreshToken, client: ClientID? = nil) async throws -> RefreshToken? {
        guard case .successor(let successor, _) = try await sessions.refresh(token, client: client, address: nil) else {
            return nil
        }
        return successor
    }

    package func refusal(of token: RefreshToken, client: ClientID? = nil) async throws -> Refusal? {
        guard case .refused(let refusal) = try await sessions.refresh(token, client: client, address: nil) else {
            return nil
        }
        return refusal
    }

    package struct Refused: Error {}
}
