import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let clientPromises = [
        Promise("replaces and removes clients") { try await $0.replacesAndRemovesClients() },
        Promise("keeps sessions ended when a client is added again") {
            try await $0.keepsSessionsEndedWhenAClientIsAddedAgain()
        },
        Promise("lists no session of a removed client") { try await $0.listsNoSessionOfARemovedClient() },
        Promise("accepts an assertion once") { try await $0.acceptsAnAssertionOnce() },
    ]

    private func replacesAndRemovesClients() async throws {
        let service = TestService(store: try makeStore())
        let id = ClientID("api")
        func client(_ secret: String, _ scope: String?) -> ClientRecord {
            ClientRecord(
                id: id, secretHashes: [ClientSecretHash(of: secret)], jwks: scope,
                allowedScope: scope.flatMap { Scope($0) }, createdAt: service.clock.now)
        }
        try service.transaction { $0.save(client("1", "read")) }
        try service.transaction { $0.save(client("2", nil)) }
        #expect(try await service.store.clients() == [client("2", nil)])
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
        #expect(try await service.store.clients().isEmpty)
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

    private func acceptsAnAssertionOnce() async throws {
        let service = TestService(store: try makeStore())
        let end = service.clock.now + 60
        func use(_ name: String, of client: String = "api") async throws -> UseAssertion.Outcome {
            try await service.submit(
                UseAssertion(AssertionID(of: ClientID(client), named: name), forgottenAt: end))
        }
        #expect(try await use("1") == .fresh)
        #expect(try await use("1") == .replayed)
        #expect(try await use("2") == .fresh)
        #expect(try await use("1", of: "other") == .fresh)
        // Neither parallel commands nor two in one transaction use it twice.
        let outcomes = try await withThrowingTaskGroup(of: UseAssertion.Outcome.self) { group in
            for _ in 0..<32 { group.addTask { try await use("3") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .fresh } == 1)
        let twice = try service.transaction { transaction in
            let command = UseAssertion(AssertionID(of: ClientID("api"), named: "4"), forgottenAt: end)
            return [try command.apply(to: &transaction), try command.apply(to: &transaction)]
        }
        #expect(twice == [.fresh, .replayed])
        // It is forgotten at `end`, when the assertion has expired, and not before.
        service.clock.advance(seconds: 59)
        try await service.submit(Sweep(limit: 100))
        #expect(try await use("1") == .replayed)
        service.clock.advance(seconds: 1)
        try await service.submit(Sweep(limit: 100))
        #expect(try await use("1") == .fresh)
    }
}
