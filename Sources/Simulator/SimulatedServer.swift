import SessionEngine
import StrictCoding
import TokenCore
import TokenTesting
import TokenVerifier

/// A process of the service: it does what the HTTP layer does with a request, with a mutation if there is one.
struct SimulatedServer: Sendable {
    /// An answer of the service, before its tokens have names.
    enum Answer: Sendable {
        case tokens(RefreshToken, Session)
        case plain(Reply)
    }

    let store: CrashingStore
    let service: SessionService
    private(set) var lane: CommitLane
    private let otherLane: CommitLane
    /// The thumbprints of the keys by their numbers.
    let thumbprints: [Int: KeyThumbprint]
    private let clock: Clock
    private let gate = ProofGate()
    private let entropy: Entropy
    private let mutation: Mutation?
    /// Keys that are not the server's.
    private let foreignKeys: RefreshTokenKeys
    /// The server's keys and the foreign ones, for a mutation that accepts forged tokens.
    private let keysAcceptingForgeries: RefreshTokenKeys

    init(
        store: CrashingStore, ring: MasterKeyRing, keys: [Int: SimulatedKey], clock: TestClock, entropy: Entropy,
        mutation: Mutation?
    ) {
        thumbprints = keys.compactMapValues(\.thumbprint)
        self.store = store
        self.entropy = entropy
        self.mutation = mutation
        let clock: Clock = { clock.now }
        self.clock = clock
        let rules = SessionRules(
            rotation: RotationRule(policy: World.policy, keys: RefreshTokenKeys(ring)),
            accessTokenLifetimeSeconds: World.accessTokenLifetimeSeconds)
        lane = CommitLane(store: store, rules: rules, clock: clock, stallLimit: .seconds(600))
        otherLane = CommitLane(store: store, rules: rules, clock: clock, stallLimit: .seconds(600))
        service = SessionService(
            store: store, lane: lane, rules: rules, clock: clock, entropy: entropy, holdBack: .zero)
        foreignKeys = RefreshTokenKeys(MasterKeyRing(current: .forged))
        keysAcceptingForgeries = RefreshTokenKeys(
            MasterKeyRing(current: ring.current, previous: ring.previous + [.forged]))
    }

    /// Another node on the same store, for commands that are submitted to the lane.
    var otherNode: SimulatedServer {
        var other = self
        other.lane = otherLane
        return other
    }

    /// The subject that a person is now; nil when there is none. That of a person who comes from the provider is found
    /// by the identity.
    func subject(of person: Person, _ names: NameTable) async throws -> SubjectID? {
        guard person.isFederated else { return names.subjects[person] }
        return try await store.identity(person.identity.id)?.subject
    }

    /// Submits a command on the subject that a person is.
    private func submit<C: Command>(
        on person: Person, _ names: NameTable, _ make: @escaping @Sendable (SubjectID) -> C
    ) async throws -> C.Outcome {
        if let subject = names.subjects[person] { return try await lane.submit(make(subject)) }
        return try await lane.submit(CommandOnPerson(identity: person.identity.id, make: make))
    }

    func send(_ request: Request, _ names: NameTable) async -> Answer {
        do { return try await answer(request, names) } catch { return .plain(.unavailable) }
    }

    private func answer(_ request: Request, _ names: NameTable) async throws -> Answer {
        switch request {
        case .open(_, let person, let version, let proof):
            guard let subject = names.subjects[person] else { return .plain(.notOpened) }
            let outcome = try await service.open(
                subject, evidence: version.map { .password(version: $0) } ?? .vouched(by: nil),
                client: person.client, scope: .none, device: Device(), authenticationMethods: ["pwd"],
                binding: presented(proof).proof.map { .proven($0) } ?? .none)
            return switch outcome {
            case .opened(let session, let token, _): .tokens(token, session)
            case .refused, .unknownClient, .refusedProof: .plain(.notOpened)
            }
        case .refresh(let name, let byOther, let proof):
            guard let token = names.tokens[name] else { return .plain(.refused(.malformed)) }
            return try await present(
                token.plaintext, presented(proof), client: byOther ? ClientID("other") : names.clients[name.session])
        case .forge(let number):
            guard let session = names.sessions[number] else { return .plain(.refused(.malformed)) }
            let forged = foreignKeys.first(of: session, secret: entropy.bytes())
            return try await present(forged.plaintext, .absent, client: names.clients[number])
        case .end(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            return try await end(EndSession(session, by: .tokenHolder, reason: .logout))
        case .endOther(let session, let acting, let proof):
            guard let session = names.sessions[session], let own = names.sessions[acting] else {
                return .plain(.notFound)
            }
            var use: UsedOnce?
            if let proof {
                guard let accepted = check(proof, withAccessTokenOf: acting) else { return .plain(.refused(.proof)) }
                use = accepted.use
            }
            return try await end(
                EndSession(session, by: .subject(of: .session(own, use: use)), reason: .endedByOwner))
        case .endAll(let requester): return try await endAll(requester, names)
        case .changePassword(let requester, let version): return try await changePassword(requester, version, names)
        case .setState(let person, let state):
            let outcome = try await submit(on: person, names) { SetUserState(of: $0, to: state) }
            return .plain(outcome == .done ? .done : .notFound)
        case .signIn(_, let person, let attempt): return try await signIn(person, attempt)
        case .link(let person):
            let outcome = try await submit(on: person, names) {
                LinkIdentity(person.identity, by: .administrator(of: $0))
            }
            if case .linked = outcome { return .plain(.done) }
            return .plain(.notFound)
        case .unlink(let person):
            let outcome = try await submit(on: person, names) {
                UnlinkIdentity(person.identity.id, by: .administrator(of: $0))
            }
            return switch outcome {
            case .unlinked: .plain(.done)
            case .lastWay: .plain(.lastWay)
            case .notFound, .refused, .notFresh: .plain(.notFound)
            }
        case .upstreamLogout(let person, let number): return try await upstreamLogout(person, number)
        case .sweep:
            _ = try await lane.submit(Sweep(limit: 1000))
            return .plain(.done)
        }
    }

    private func present(_ text: String, _ proof: PresentedProof, client: ClientID?) async throws -> Answer {
        let parsed =
            mutation == .macUnchecked ? RefreshToken(parsing: text, keys: keysAcceptingForgeries) : service.parse(text)
        guard let token = parsed else { return .plain(.refused(.malformed)) }
        return switch try await rotate(token, proof, client: client) {
        case .successor(let successor, let session, _): .tokens(successor, session)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func rotate(
        _ token: RefreshToken, _ proof: PresentedProof, client: ClientID?
    ) async throws -> Rotate.Outcome {
        guard let mutation else {
            return try await service.refresh(token, client: client, proof: proof, address: nil)
        }
        let rotate = Rotate(
            Presentation(token, by: mutation == .clientUnchecked ? nil : client, proof: proof), address: nil,
            entropy: entropy)
        if mutation == .consumedSeparately {
            let outcome = try await lane.submit(ConsumeOnly(rotate: rotate))
            if case .successor(_, let session, _) = outcome { try await lane.submit(StoreSuccessor(session: session)) }
            return outcome
        }
        let readBefore = try await store.session(token.session)
        return try await lane.submit(MutatedRotate(rotate: rotate, mutation: mutation, readBefore: readBefore))
    }

    private func signIn(_ person: Person, _ attempt: Int) async throws -> Answer {
        let salt = mutation == .attemptUnchecked ? " \((entropy.bytes() as RandomBytes<8>).bytes)" : ""
        // Not forgotten in any run.
        let use = UsedOnce.attempt(
            "\(attempt)\(salt)", createdAt: World.start.seconds, forgottenAfter: 100_000_000)
        let command = SignInByIdentity(
            by: person.identity, in: nil, use: use, signUp: person.isFederated ? .automatic : .known,
            provider: "op",
            opening: SignInByIdentity.Opening(client: person.client, scope: .none, device: Device()), entropy: entropy)
        return switch try await lane.submit(command) {
        case .opened(let session, let token, _): .tokens(token, session)
        case .used: .plain(.used)
        case .unknownIdentity, .notAllowed, .unknownClient, .refusedProof: .plain(.notOpened)
        }
    }

    private func upstreamLogout(_ person: Person, _ number: Int) async throws -> Answer {
        let token = UsedOnce.securityEvent(
            of: person.identity.issuer, named: "\(number)", issuedAt: World.start.seconds, forgottenAfter: 100_000_000)
        let command = EndUpstreamSessions(
            .ofIdentity(person.identity.id), openedBefore: service.clock(), token: token, provider: "op")
        return switch try await lane.submit(command) {
        case .ended(let count), .endedSome(let count): .plain(.endedAll(count))
        case .used: .plain(.used)
        }
    }

    /// A proof beside a refresh token, judged without the store.
    private func presented(_ proof: SimulatedProof?) -> PresentedProof {
        guard let proof else { return .absent }
        return accept(proof, token: nil).map { .given($0) } ?? .faulty(.wrong)
    }

    /// A proof beside an access token of a session; nil for one that does not count.
    private func check(_ proof: SimulatedProof, withAccessTokenOf session: Int) -> KeyProof? {
        guard let key = thumbprints[proof.key] else { return nil }
        let token = ProofRequest.BoundToken(SimulatedProof.accessToken(of: session), boundTo: key)
        return accept(proof, token: mutation == .accessTokenHashIgnored ? nil : token)
    }

    private func accept(_ proof: SimulatedProof, token: ProofRequest.BoundToken?) -> KeyProof? {
        guard let uri = ProofURI(SimulatedProof.uri) else { return nil }
        let request = ProofRequest(method: "POST", uri: uri, token: token)
        guard let accepted = try? gate.verify([proof.text], for: request, at: clock().seconds) else { return nil }
        return KeyProof(
            key: accepted.key,
            use: .proof(
                of: accepted.key, named: accepted.id, refusedFrom: accepted.refusedFrom,
                forgottenAfter: AcceptedProof.skew))
    }

    private func end(_ command: EndSession) async throws -> Answer {
        switch try await lane.submit(command) {
        case .ended: .plain(.ended)
        case .notFound: .plain(.notFound)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func endAll(_ requester: Request.EndAllRequester, _ names: NameTable) async throws -> Answer {
        let outcome: EndAllSessions.Outcome
        switch requester {
        case .administrator(let person):
            outcome = try await submit(on: person, names) { EndAllSessions(by: .administrator(of: $0)) }
        case .session(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            outcome = try await lane.submit(EndAllSessions(by: .holder(.session(session))))
        case .token(let name, let proof):
            guard let token = names.tokens[name] else { return .plain(.notFound) }
            let presentation = Presentation(token, by: names.clients[name.session], proof: presented(proof))
            outcome = try await lane.submit(EndAllSessions(by: .holder(.refreshToken(presentation))))
        }
        return switch outcome {
        case .ended(let count): .plain(.endedAll(count))
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }

    private func changePassword(
        _ requester: Request.PasswordRequester, _ version: Int, _ names: NameTable
    ) async throws -> Answer {
        let new = PasswordHash(phc: "new")
        let outcome: ChangePassword.Outcome
        switch requester {
        case .administrator(let person):
            outcome = try await submit(on: person, names) { ChangePassword(by: .administrator($0), to: new) }
        case .session(let session):
            guard let session = names.sessions[session] else { return .plain(.notFound) }
            outcome = try await lane.submit(
                ChangePassword(by: .owner(session, passwordVersion: version), to: new))
        }
        return switch outcome {
        case .changed: .plain(.changed)
        case .stale: .plain(.stale)
        case .refused(let refusal): .plain(.refused(.init(refusal)))
        }
    }
}

extension MasterKey {
    /// A key that the server does not have.
    static var forged: MasterKey { simulated(.max) }

    /// A fixed key of the simulation.
    static func simulated(_ number: UInt8) -> MasterKey {
        guard let key = MasterKey(bytes: repeatElement(number, count: MasterKey.byteCount)) else {
            preconditionFailure("a master key has 32 bytes")
        }
        return key
    }
}
