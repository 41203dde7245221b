import TokenCore

/// The service as one process runs it: what stands between the wire and ``SessionService``, and the mutation if any.
struct SimulatedServer: Sendable {
    /// What the service answers, before it is given the simulation's names.
    enum Answer: Sendable {
        case tokens(RefreshToken, Session)
        case plain(Reply)
    }

    let store: CrashingStore
    let service: SessionService
    private let entropy: Entropy
    private let mutation: Mutation?
    /// Under keys that are not the server's.
    private let forger: RefreshTokenKeys
    private let credulous: RefreshTokenKeys

    init(store: CrashingStore, ring: MasterKeyRing, clock: SimulatedClock, entropy: Entropy, mutation: Mutation?) {
        self.store = store
        self.entropy = entropy
        self.mutation = mutation
        let clock: Clock = { clock.now }
        let rules = SessionRules(
            rotation: RotationRule(policy: World.policy, keys: RefreshTokenKeys(ring)),
            accessTokenLifetimeSeconds: World.accessTokenLifetimeSeconds)
        let lane = CommitLane(store: store, rules: rules, clock: clock, stallLimit: .seconds(600))
        service = SessionService(
            store: store, lane: lane, rules: rules, clock: clock, entropy: entropy, holdBack: .zero)
        forger = RefreshTokenKeys(MasterKeyRing(current: .forged))
        credulous = RefreshTokenKeys(MasterKeyRing(current: ring.current, previous: ring.previous + [.forged]))
    }

    var lane: CommitLane { service.lane }

    func send(_ request: Request, _ names: Names) async -> Answer {
        do { return try await answer(request, names) } catch { return .plain(.unavailable) }
    }

    private func answer(_ request: Request, _ names: Names) async throws -> Answer {
        switch request {
        case .open(_, let person, let version):
            guard let subject = keys.subjects[person] else { return .plain(.notOpened) }
            let outcome = try await service.open(
                subject, evidence: version.map { .password(version: $0) } ?? .vouched(by: nil), client: .web,
                scope: .none,
                device: Device(), authenticationMethods: ["pwd"])
            return switch outcome {
            case .opened(let session, let token): .tokens(token, session)
            case .refused: .plain(.notOpened)
            }
        case .refresh(let name, let byOther):
            guard let token = names.tokens[name] else { return .plain(.refused(.malformed)) }
            return try await present(token.plaintext, client: byOther ? ClientID("other") : .web)
        case .forge(let session):
            guard let session = names.sessions[session] else { return .plain(.refused(.malformed)) }
            let forged = forger.first(of: session, secret: entropy.bytes())
            return try await present(forged.plaintext, client: .web)
        case .end(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            return try await end(EndSession(session, reason: .logout))
        case .endOther(let session, let acting):
            guard let session = names.sessions[session], let own = names.sessions[acting] else {
                return .plain(.notFound)
            }
            return try await end(EndSession(session, reason: .endedByOwner, owner: .subject(of: own)))
        case .endAll(let requester): return try await endAll(requester, names)
        case .changePassword(let requester, let version): return try await changePassword(requester, version, names)
        case .setState(let person, let state):
            guard let subject = keys.subjects[person] else { return .plain(.notFound) }
            let outcome = try await lane.submit(SetUserState(of: subject, to: state))
            return .plain(outcome == .done ? .done : .notFound)
        case .sweep:
            _ = try await lane.submit(Sweep(limit: 1000))
            return .plain(.done)
        }
    }

    private func present(_ text: String, client: ClientID) async throws -> Answer {
        let parsed =
            mutation == .macUnchecked ? RefreshToken(parsing: text, keys: credulous) : service.parse(text)
        guard let token = parsed else { return .plain(.refused(.malformed)) }
        return switch try await rotate(token, client: client) {
        case .successor(let successor, let session): .tokens(successor, session)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func rotate(_ token: RefreshToken, client: ClientID) async throws -> Rotate.Outcome {
        guard let mutation else { return try await service.refresh(token, client: client, address: nil) }
        let rotate = Rotate(
            presented: token, client: mutation == .clientUnchecked ? nil : client, address: nil, entropy: entropy)
        if mutation == .consumedApart {
            let outcome = try await lane.submit(ConsumeOnly(rotate: rotate))
            if case .successor(_, let session) = outcome { try await lane.submit(StoreSuccessor(session: session)) }
            return outcome
        }
        let readBefore = try await store.session(token.session)
        return try await lane.submit(MutatedRotate(rotate: rotate, mutation: mutation, readBefore: readBefore))
    }

    private func end(_ command: EndSession) async throws -> Answer {
        switch try await lane.submit(command) {
        case .ended: .plain(.ended)
        case .notFound: .plain(.notFound)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func endAll(_ requester: Request.Requester, _ names: Names) async throws -> Answer {
        let command: EndAllSessions
        switch requester {
        case .administrator(let person):
            guard let subject = keys.subjects[person] else { return .plain(.notFound) }
            command = EndAllSessions(by: .administrator(subject))
        case .session(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            command = EndAllSessions(by: .holder(.session(session)))
        case .token(let name):
            guard let token = names.tokens[name] else { return .plain(.notFound) }
            command = EndAllSessions(by: .holder(.refreshToken(token, .web)))
        }
        return switch try await lane.submit(command) {
        case .ended(let count): .plain(.endedAll(count))
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func changePassword(
        _ requester: Request.Guardian, _ version: Int, _ names: Names
    ) async throws -> Answer {
        let by: ChangePassword.Requester
        switch requester {
        case .administrator(let person):
            guard let subject = keys.subjects[person] else { return .plain(.notFound) }
            by = .administrator(subject)
        case .session(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            by = .owner(session, passwordVersion: version)
        }
        return switch try await lane.submit(ChangePassword(by: by, to: PasswordHash(phc: "new"))) {
        case .changed: .plain(.changed)
        case .stale: .plain(.stale)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }
}

extension MasterKey {
    /// One that is not the server's.
    static var forged: MasterKey { simulated(.max) }

    /// One of the simulation's fixed keys.
    static func simulated(_ number: UInt8) -> MasterKey {
        guard let key = MasterKey(bytes: repeatElement(number, count: MasterKey.byteCount)) else {
            preconditionFailure("a master key has 32 bytes")
        }
        return key
    }
}
