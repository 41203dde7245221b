import Testing
import TokenCore

extension StoreConformance {
    func givesBackKeysAndEvents() async throws {
        let service = TestService(store: try makeStore())
        let now = service.clock.now
        let keys = [
            SigningKeyRecord(
                id: "a", algorithm: "ES256", state: .retired, sealedPrivateKey: [0, 1, 255], createdAt: now,
                activatedAt: now + 1, expiresAt: now + 2),
            SigningKeyRecord(
                id: "b", algorithm: "ML-DSA-65", state: .current,
                sealedPrivateKey: (0..<5000).map { UInt8(truncatingIfNeeded: $0) }, createdAt: now + 3,
                activatedAt: now + 4),
            SigningKeyRecord(id: "c", algorithm: "RS256", state: .next, sealedPrivateKey: [], createdAt: now + 3),
        ]
        let session = SessionID(UUIDv7(at: now, random: service.entropy.bytes()))
        let events =
            EventRecord.Kind.allCases.map { EventRecord($0, at: now) } + [
                EventRecord(
                    .login, at: Timestamp(milliseconds: now.milliseconds + 1), subject: SubjectID("ada"),
                    session: session, client: ClientID("mobile"), address: "2001:db8::1", detail: "\u{1F4BB} \"'")
            ]
        try service.store.transaction(at: now, rules: service.sessions.rules) { transaction in
            for key in keys { try transaction.save(key) }
            for event in events { transaction.record(event) }
        }
        #expect(try await service.store.signingKeys() == keys)
        #expect(try await service.store.events(of: nil, limit: 100) == events.reversed())
    }

    func replacesAndRemovesClients() async throws {
        let service = TestService(store: try makeStore())
        let id = ClientID("api")
        func client(_ secret: UInt8, _ scope: String?) -> ClientRecord {
            ClientRecord(
                id: id, secretHashes: [[UInt8](repeating: secret, count: 32)], jwks: scope,
                allowedScope: scope.flatMap { Scope($0) }, createdAt: service.clock.now)
        }
        func change(_ body: (inout Transaction) -> Void) throws {
            try service.store.transaction(at: service.clock.now, rules: service.sessions.rules, body)
        }
        try change { $0.save(client(1, "read")) }
        try change { $0.save(client(2, nil)) }
        #expect(try await service.store.clients() == [client(2, nil)])
        try change { transaction in
            transaction.removeClient(id)
            transaction.save(client(3, "write"))
        }
        #expect(try await service.store.client(id) == client(3, "write"))
        try change { transaction in
            transaction.save(client(4, nil))
            transaction.removeClient(id)
        }
        #expect(try await service.store.client(id) == nil)
        #expect(try await service.store.clients().isEmpty)
    }

    /// Neither by removing and adding it in two transactions, nor in one; and one whose maker's clock is fast takes none along.
    func bringsNoSessionBackWithItsClient() async throws {
        let service = TestService(store: try makeStore())
        let id = ClientID("app")
        func change(_ body: (inout Transaction) -> Void) throws {
            try service.store.transaction(at: service.clock.now, rules: service.sessions.rules, body)
        }
        func open() async throws -> RefreshToken {
            let outcome = try await service.sessions.open(
                SubjectID("ada"), evidence: .vouched(by: nil), client: id, scope: .none, device: Device(),
                authenticationMethods: ["fed"])
            guard case .opened(_, let token) = outcome else { throw TestService.Refused() }
            return token
        }
        try change { $0.save(ClientRecord(id: id, createdAt: service.clock.now + 5)) }
        let first = try await open()
        #expect(try await service.rotate(first, client: id) != nil)
        service.clock.advance(seconds: 60)
        try change { $0.removeClient(id) }
        try change { $0.save(ClientRecord(id: id, createdAt: service.clock.now)) }
        #expect(try await service.refusal(of: first, client: id) == .revoked)
        let second = try await open()
        service.clock.advance(seconds: 60)
        try change { transaction in
            transaction.removeClient(id)
            transaction.save(ClientRecord(id: id, createdAt: service.clock.now))
        }
        #expect(try await service.refusal(of: second, client: id) == .revoked)
        #expect(try await service.rotate(open(), client: id) != nil)
    }

    func letsAnAssertionBeUsedOnce() async throws {
        let service = TestService(store: try makeStore())
        let end = service.clock.now + 60
        func use(_ name: String, of client: String = "api") async throws -> UseAssertion.Outcome {
            try await service.sessions.lane.submit(
                UseAssertion(AssertionID(of: ClientID(client), named: name), forgottenAt: end))
        }
        #expect(try await use("1") == .fresh)
        #expect(try await use("1") == .replayed)
        #expect(try await use("2") == .fresh)
        #expect(try await use("1", of: "other") == .fresh)
        // Neither many at once nor two in one transaction get it twice.
        let outcomes = try await withThrowingTaskGroup(of: UseAssertion.Outcome.self) { group in
            for _ in 0..<32 { group.addTask { try await use("3") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .fresh } == 1)
        let twice = try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            let command = UseAssertion(AssertionID(of: ClientID("api"), named: "4"), forgottenAt: end)
            return [try command.apply(to: &transaction), try command.apply(to: &transaction)]
        }
        #expect(twice == [.fresh, .replayed])
        // Forgotten when it could not be presented any more, and not before.
        service.clock.advance(seconds: 59)
        _ = try await service.sessions.lane.submit(Sweep(limit: 100))
        #expect(try await use("1") == .replayed)
        service.clock.advance(seconds: 1)
        _ = try await service.sessions.lane.submit(Sweep(limit: 100))
        #expect(try await use("1") == .fresh)
    }

    func takesSigningKeysOut() async throws {
        let service = TestService(store: try makeStore())
        func candidates(_ names: String...) -> [SigningKeyRecord] {
            names.reversed().map {
                SigningKeyRecord(
                    id: $0, algorithm: "ES256", state: .next, sealedPrivateKey: [], createdAt: service.clock.now)
            }
        }
        func rotate(_ trigger: RotateSigningKeys.Trigger, _ fresh: [SigningKeyRecord]) async throws {
            _ = try await service.sessions.lane.submit(
                RotateSigningKeys(trigger, candidates: fresh, retentionSeconds: 600))
        }
        func revoke(_ id: String) async throws -> RevokeSigningKey.Outcome {
            try await service.sessions.lane.submit(RevokeSigningKey(id))
        }
        func states() async throws -> [String: SigningKeyRecord.State] {
            Dictionary(uniqueKeysWithValues: try await service.store.signingKeys().map { ($0.id, $0.state) })
        }
        try await rotate(.fill, candidates("a", "b"))
        try await rotate(.fill, candidates("x", "y"))
        #expect(try await states() == ["a": .current, "b": .next])
        // A published key is in use at once; the one after it must be published anew.
        #expect(try await revoke("unknown") == .notFound)
        #expect(try await revoke("a") == .revoked)
        #expect(try await revoke("a") == .notFound)
        #expect(try await states() == ["b": .current])
        #expect(try await service.store.signingKeys().first?.activatedAt == service.clock.now)
        try await rotate(.fill, candidates("c"))
        try await rotate(.command, candidates("d"))
        #expect(try await states() == ["b": .retired, "c": .current, "d": .next])
        for id in ["b", "d", "c"] { #expect(try await revoke(id) == .revoked) }
        #expect(try await states().isEmpty)
        try await rotate(.fill, candidates("e", "f"))
        #expect(try await states() == ["e": .current, "f": .next])
    }

    func keepsWhatWasAnswered() async throws {
        guard let reopen else { return }
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let mine = try await service.login(user)
        _ = try await service.login(user)
        let (session, first) = try await service.open("grace")
        let second = try #require(await service.rotate(first))
        let third = try #require(await service.rotate(second))
        _ = try await service.open("lin")
        _ = try await service.sessions.lane.submit(EndAllSessions(by: .administrator(SubjectID("lin"))))
        let change = ChangePassword(
            by: .owner(mine.session.record.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await service.sessions.lane.submit(change) == .changed)
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            transaction.save(ClientRecord(id: ClientID("api"), createdAt: service.clock.now))
        }

        let restarted = TestService(store: try reopen(), seed: 2)
        #expect(try await restarted.store.sessions(of: nil, limit: 99) == service.store.sessions(of: nil, limit: 99))
        #expect(try await restarted.store.events(of: nil, limit: 99) == service.store.events(of: nil, limit: 99))
        #expect(try await restarted.store.clients() == service.store.clients())
        #expect(
            try await restarted.store.revocations(after: 0, limit: 99)
                == service.store.revocations(after: 0, limit: 99))
        for id in [user.id, SubjectID("grace"), SubjectID("lin")] {
            #expect(try await restarted.store.subject(id) == service.store.subject(id))
        }
        #expect(try await restarted.rotate(second)?.plaintext == third.plaintext)
        #expect(try await restarted.rotate(third) != nil)
        #expect(try await restarted.refusal(of: first) == .reuse(generationsBehind: 3, seconds: 0))
        #expect(try await restarted.store.session(session.record.id)?.session.ending?.reason == .reuse)
    }
}
