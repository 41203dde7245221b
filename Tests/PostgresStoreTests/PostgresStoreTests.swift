import Migrations
import PostgresStore
import Testing
import TokenCore
import TokenTesting

struct PostgresStoreTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test(arguments: StoreConformance.promises)
    func `PostgreSQL keeps the promise`(promise: StoreConformance.Promise) async throws {
        let database = database
        let conformance = StoreConformance {
            try database.open()
        } reopen: {
            // All connections break, as when the process dies.
            try database.disconnect()
            return try database.open()
        }
        try await promise.check(conformance)
    }

    @Test(arguments: AttemptCountersConformance.promises)
    func `counters in PostgreSQL keep the promise`(promise: AttemptCountersConformance.Promise) async throws {
        let database = database
        try await promise.check(AttemptCountersConformance { try database.open().attempts($0) })
    }

    @Test func `a commit waits for the disk, whatever the database's own setting`() throws {
        try database.run("ALTER ROLE heirloom IN DATABASE \(database.name) SET synchronous_commit = off")
        #expect(try database.open().setting("synchronous_commit") == "on")
        try database.run("ALTER ROLE heirloom IN DATABASE \(database.name) SET synchronous_commit = remote_apply")
        #expect(try database.open().setting("synchronous_commit") == "remote_apply")
    }

    @Test func `an archive carries every row`() async throws {
        let store = try database.open()
        let service = TestService(store: store)
        let identity = try #require(Identity(issuer: "https://op.example", providerSubject: "1"))
        let upstream = UpstreamSessionID(issuer: identity.issuer, sid: "1")
        _ = try await service.signIn(identity, upstream: upstream)
        let (_, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        _ = try await service.rotate(second)
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 2, seconds: 0))
        var archive: [ArchiveRow] = []
        try store.export { archive.append($0) }
        let copy = try TemporaryDatabase()
        let other = try copy.open()
        var rest = archive[...]
        try other.load { rest.popFirst() }
        #expect(try await other.events(of: nil, limit: 9) == store.events(of: nil, limit: 9))
        #expect(try await other.events(of: nil, limit: 9).first?.generationsBehind == 2)
        var copied: [ArchiveRow] = []
        try other.export { copied.append($0) }
        #expect(copied == archive)
        #expect(Set(archive.map(\.table)).isSuperset(of: ["identities", "upstream_sessions"]))
        #expect(try await other.identity(identity.id) == store.identity(identity.id))
    }

    @Test func `what is known of a provider's session is deleted with the session`() async throws {
        let store = try database.open()
        let service = TestService(store: store, policy: RotationPolicy(absoluteLifetimeSeconds: 100))
        let identity = try #require(Identity(issuer: "https://op.example", providerSubject: "1"))
        _ = try await service.signIn(identity)
        service.clock.advance(seconds: 50)
        _ = try await service.signIn(identity, upstream: UpstreamSessionID(issuer: identity.issuer, sid: "1"))
        func count(_ table: String) throws -> Int {
            var count = 0
            try store.export { if $0.table == table { count += 1 } }
            return count
        }
        #expect(try count("upstream_sessions") == 2)
        service.clock.advance(seconds: 50)
        try await service.submit(Sweep(limit: 10))
        #expect(try count("sessions") == 1 && count("upstream_sessions") == 1)
        service.clock.advance(seconds: 50)
        try await service.submit(Sweep(limit: 10))
        #expect(try count("sessions") == 0 && count("upstream_sessions") == 0 && count("identities") == 1)
    }

    @Test func `connections that break are made again without a failure for the caller`() async throws {
        let node = TestService(store: try database.open())
        var token = try await node.open().token
        for _ in 0..<5 {
            try database.disconnect()
            token = try #require(await node.rotate(token))
            try database.disconnect()
            #expect(try await node.store.session(token.session)?.token.generation == token.generation)
        }
    }

    @Test func `a hundred thousand sessions end at the cost of one`() async throws {
        let node = TestService(store: try database.open())
        let session = try await node.open("ada").session
        try database.run(
            """
            INSERT INTO sessions SELECT gen_random_uuid(), subject_id, client_id, scope, device, address, user_agent,
                amr, authenticated_at, created_at, expires_at, epoch FROM sessions, generate_series(1, 100000);
            INSERT INTO refresh_tokens SELECT s.session_id, 0, '', NULL, 0, 0 FROM sessions s
                ON CONFLICT DO NOTHING;
            UPDATE subjects SET open_sessions = 100001; ANALYZE
            """)
        let (outcome, writeSet) = try node.transaction { transaction in
            (try EndAllSessions(by: .holder(.session(session.id))).apply(to: &transaction), transaction.writeSet)
        }
        #expect(outcome == .ended(100_001))
        #expect(writeSet.changedSessions.isEmpty && writeSet.subjects.count == 1 && writeSet.revocations.count == 1)
    }

    /// No frequent statement scans a table that grows. The feed's counter is one row.
    @Test(arguments: PostgresStore.hotQueries)
    func `statements search by an index`(name: String, statement: String) throws {
        let plan = try database.open().plan(of: statement)
        #expect(!plan.isEmpty)
        for step in plan { #expect(!step.contains("Seq Scan") || step.contains("on feed"), "\(step)") }
    }
}
