import SessionEngine
import Testing
import TokenCore

extension SessionStatus {
    fileprivate var isLive: Bool { if case .live = self { true } else { false } }
}

extension StoreConformance {
    static let clientPromises = [
        Promise("replaces and removes clients") { try await $0.replacesAndRemovesClients() },
        Promise("keeps sessions ended when a client is added again") {
            try await $0.keepsSessionsEndedWhenAClientIsAddedAgain()
        },
        Promise("lists no session of a removed client") { try await $0.listsNoSessionOfARemovedClient() },
        Promise("changes clients, the built-in one too") { try await $0.changesClients() },
        Promise("judges sessions by their client's limits") { try await $0.judgesSessionsByTheirClientsLimits() },
        Promise("accepts an assertion once") { try await $0.acceptsAnAssertionOnce() },
    ]

    private func replacesAndRemovesClients() async throws {
        let service = TestService(store: try makeStore())
        let id = ClientID("api")
        func client(_ secret: String, _ scope: String?) -> ClientRecord {
            ClientRecord(
                id: id, secretHashes: [ClientSecretHash(of: secret)], jwks: scope,
                allowedScope: scope.flatMap { Scope($0) },
                permissions: scope.map { _ in [] } ?? ClientRecord.Permission.usual,
                limits: ClientLimits(idleLifetimeSeconds: scope.map { _ in 60 }), requiresProof: scope != nil,
                createdAt: service.clock.now)
        }
        try service.transaction { $0.save(client("1", "read")) }
        try service.transaction { $0.save(client("2", nil)) }
        #expect(try await service.store.clients() == [client("2", nil), .web])
        try service.transaction { transaction in
            transaction.removeClient(id)
            transaction.save(client("3", "write"))
        }
        #expect(try await service.store.client(id) == client("3", "write"))
        try service.transaction { transaction in
            transaction.save(client("4", nil))
            transaction.removeClient(id)
        }
        #expect(try await service.store.client(id) == nil)
        #expect(try await service.store.clients() == [.web])
    }

    /// The client is removed and added in two transactions, and in one. A session is open although a node with a fast
    /// clock created its client.
    private func keepsSessionsEndedWhenAClientIsAddedAgain() async throws {
        let service = TestService(store: try makeStore())
        let id = ClientID("app")
        try service.transaction { $0.save(ClientRecord(id: id, createdAt: service.clock.now + 5)) }
        let first = try await service.open(client: id).token
        #expect(try await service.rotate(first, client: id) != nil)
        service.clock.advance(seconds: 60)
        try service.transaction { $0.removeClient(id) }
        try service.transaction { $0.save(ClientRecord(id: id, createdAt: service.clock.now)) }
        #expect(try await service.refusal(of: first, client: id) == .revoked)
        let second = try await service.open(client: id).token
        service.clock.advance(seconds: 60)
        try service.transaction { transaction in
            transaction.removeClient(id)
            transaction.save(ClientRecord(id: id, createdAt: service.clock.now))
        }
        #expect(try await service.refusal(of: second, client: id) == .revoked)
        #expect(try await service.rotate(service.open(client: id).token, client: id) != nil)
    }

    private func listsNoSessionOfARemovedClient() async throws {
        let service = TestService(store: try makeStore())
        let shop = ClientID("shop")
        try service.transaction { $0.save(ClientRecord(id: shop, createdAt: service.clock.now)) }
        let kept = try await service.open("ada").session
        let orphan = try await service.open("ada", client: shop).session
        #expect(try await service.sessions.sessions(of: SubjectID("ada")).count == 2)
        try service.transaction { $0.removeClient(shop) }
        #expect(try await service.sessions.sessions(of: SubjectID("ada")).map(\.id) == [kept.id])
        #expect(try await service.sessions.sessions(of: nil).map(\.id) == [kept.id])
        #expect(try await service.store.session(orphan.id)?.isOpen == false)
    }

    private func changesClients() async throws {
        let service = TestService(store: try makeStore())
        func set(_ name: String, _ settings: ClientSettings) async throws -> SetClient.Outcome {
            try await service.submit(SetClient(ClientID(name), to: settings))
        }
        let read = try #require(Scope("read"))
        var web = ClientRecord.web
        #expect(try await service.store.client(.web) == web)
        web.allowedScope = read
        web.limits.retryWindowSeconds = 0
        #expect(
            try await set("web", ClientSettings(allowedScope: read, retryWindow: .seconds(0))) == .set(web))
        #expect(try await service.store.client(.web) == web)
        #expect(try await service.open().session.client == web)
        // What is not named stays, and what changes nothing is not recorded.
        #expect(try await set("web", ClientSettings(allowedScope: read)) == .set(web))
        web.limits.retryWindowSeconds = nil
        #expect(try await set("web", ClientSettings(retryWindow: .ofService)) == .set(web))
        #expect(try await set("nobody", ClientSettings(allowedScope: read)) == .notFound)
        #expect(try await set("web", ClientSettings(permissions: [])) == .invalid(.permissionsOfPublicClient))
        #expect(try await service.store.clients() == [web])
        let events = try await service.store.events(of: nil, limit: 9).filter { $0.kind == .clientChanged }
        #expect(
            events.map(\.detail) == ["retry window: the service's", "scope: read; retry window: 0 s"])

        let secret = ClientSecretHash(of: "1")
        let add = AddClient(ClientID("api"), secretHash: secret, settings: ClientSettings(permissions: [.vouch]))
        guard case .added(var api) = try await service.submit(add) else { throw TestService.Refused() }
        #expect(api.may(.vouch) && !api.may(.feed) && api.allowedScope == Scope.none)
        api.permissions = [.feed]
        api.accessTokenFormat = .opaque
        let settings = ClientSettings(permissions: [.feed], accessTokenFormat: .opaque)
        #expect(try await set("api", settings) == .set(api))
        #expect(try await service.store.client(api.id) == api)
        #expect(try await service.submit(AddClient(.web, secretHash: secret)) == .nameTaken)
        #expect(try await service.submit(RemoveClient(.web)) == .notFound)
    }

    private func judgesSessionsByTheirClientsLimits() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 1000, absoluteLifetimeSeconds: 2000, retryWindowSeconds: 60)
        let service = TestService(store: try makeStore(), policy: policy)
        let kiosk = ClientID("kiosk")
        let limits = ClientSettings(
            idleLifetime: .seconds(100), absoluteLifetime: .seconds(300), retryWindow: .seconds(200))
        _ = try await service.submit(AddClient(kiosk, secretHash: nil, settings: limits))
        let start = service.clock.now
        let (session, first) = try await service.open(client: kiosk)
        #expect(session.record.expiresAt == start + 300)
        #expect(service.sessions.expiry(of: session) == start + 100)
        service.clock.advance(seconds: 99)
        let second = try #require(try await service.rotate(first))
        // The window is longer than the service's, and counts from the first use.
        service.clock.advance(seconds: 99)
        #expect(try await service.rotate(first)?.plaintext == second.plaintext)
        service.clock.advance(seconds: 1)
        #expect(try await service.refusal(of: second) == .expired)

        // A change concerns sessions that are open; the end of the absolute lifetime stays.
        let (young, token) = try await service.open(client: kiosk)
        let longer = ClientSettings(
            idleLifetime: .ofService, absoluteLifetime: .ofService, retryWindow: .seconds(0))
        _ = try await service.submit(SetClient(kiosk, to: longer))
        service.clock.advance(seconds: 299)
        let next = try #require(try await service.rotate(token))
        #expect(try await service.sessions.status(of: young.id).isLive)
        service.clock.advance(seconds: 1)
        #expect(try await service.refusal(of: next) == .expired)
        let strict = try await service.open(client: kiosk).token
        _ = try await service.rotate(strict)
        #expect(
            try await service.refusal(of: strict) == .reuse(generationsBehind: 1, seconds: 0))
        // Sessions of other clients keep the service's limits.
        #expect(try await service.open().session.record.expiresAt == service.clock.now + 2000)
    }

    private func acceptsAnAssertionOnce() async throws {
        let service = TestService(store: try makeStore())
        let end = service.clock.now.seconds + 60
        func assertion(_ name: String, of client: String = "api", expiring: Int? = nil) -> UsedOnce {
            .assertion(of: ClientID(client), named: name, expiring: expiring ?? end, forgottenAfter: 120)
        }
        func use(_ name: String, of client: String = "api") async throws -> Bool {
            try await service.submit(UseOnce(assertion(name, of: client)))
        }
        #expect(try await use("1"))
        #expect(try await use("1") == false)
        #expect(try await use("2"))
        #expect(try await use("1", of: "other"))
        #expect(try await service.submit(UseOnce(assertion("1", expiring: end + 1))) == false)
        // Neither parallel commands nor two in one transaction use it twice.
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 { group.addTask { try await use("3") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        let twice = try service.transaction { transaction in
            let command = UseOnce(assertion("4"))
            return [try command.apply(to: &transaction), try command.apply(to: &transaction)]
        }
        #expect(twice == [true, false])
        // What is named long before it is forgotten, such as "later", is kept too.
        let later = UsedOnce.assertion(of: ClientID("api"), named: "later", expiring: end, forgottenAfter: 3600)
        #expect(try await service.submit(UseOnce(later)))
        service.clock.advance(seconds: 60 + 119)
        try await service.submit(Sweep(limit: 100))
        #expect(try await use("1") == false)
        service.clock.advance(seconds: 1)
        try await service.submit(Sweep(limit: 100))
        #expect(try await use("1"))
        #expect(try await service.submit(UseOnce(later)) == false)
    }
}
