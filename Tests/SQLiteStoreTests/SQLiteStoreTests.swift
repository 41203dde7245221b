import Foundation
import Migrations
import SQLiteStore
import Testing
import TokenCore
import TokenTesting

struct SQLiteStoreTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    /// Look-ups take another way on an event loop.
    @Test(arguments: StoreConformance.promises, [nil, EventLoopExecutor()])
    func `SQLite keeps the promise`(promise: StoreConformance.Promise, executor: EventLoopExecutor?) async throws {
        let database = database
        let crashed = try TemporaryDatabase()
        let conformance = StoreConformance {
            try database.open()
        } reopen: {
            try database.crash(into: crashed)
            return try crashed.open()
        }
        try await Task(executorPreference: executor) { try await promise.check(conformance) }.value
    }

    @Test func `writes of another process take effect at the next request`() async throws {
        let service = TestService(store: try database.open())
        let commandLine = TestService(store: try database.open())
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        try await commandLine.submit(SetUserState(of: user.id, to: .disabled))
        #expect(try await service.store.subject(user.id)?.state == .disabled)
        #expect(try await service.refusal(of: token) == .revoked)
    }

    @Test func `the file is private, durable and in WAL mode`() async throws {
        let store = try database.open()
        _ = try await TestService(store: store).open()
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: database.path + suffix)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
        let (mode, synchronous) = try store.durability()
        #expect(mode == "wal")
        #expect(synchronous == 2)
    }

    @Test func `a backup that is taken during writes is sound`() async throws {
        let store = try database.open()
        let service = TestService(store: store)
        let (session, token) = try await service.open()
        let copy = try TemporaryDatabase()
        try await withThrowingTaskGroup { group in
            group.addTask {
                var newest = token
                for _ in 0..<200 { newest = try #require(await service.rotate(newest)) }
            }
            group.addTask { try store.backup(to: copy.path) }
            try await group.waitForAll()
        }
        // One private file without a log.
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy.folder.path) == ["heirloom.sqlite"])
        let restored = try copy.open()
        #expect(try restored.check().isEmpty)
        // The holder is ahead of the copy.
        let now = try #require(await service.store.session(session.id))
        let then = try #require(await restored.session(session.id))
        #expect(then.token.generation <= now.token.generation)
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

    @Test func `an archive of an older version gets this version's tables and columns`() async throws {
        let service = TestService(store: try database.open())
        let session = try await service.open().session
        var archive: [ArchiveRow] = []
        try database.open().export { row in
            var row = row
            if let retries = row.values.removeValue(forKey: "retry_count") { row.values["retries"] = retries }
            row.values["key_mismatch_recorded_at"] = nil
            archive.append(row)
        }
        let assertion = UsedOnce.assertion(
            of: ClientID("api"), named: "once", expiring: service.clock.now.seconds, forgottenAfter: 120)
        archive.append(
            ArchiveRow(
                table: "client_assertions",
                values: [
                    "assertion_id": .bytes(assertion.hash),
                    "expires_at": .integer(Int(assertion.forgottenAt.milliseconds)),
                ]))
        let copy = try TemporaryDatabase()
        let other = TestService(store: try copy.open())
        var rest = archive[...]
        try copy.open().load { rest.popFirst() }
        #expect(try await other.store.session(session.id) == session)
        #expect(try await other.submit(UseOnce(assertion)) == false)
    }

    /// No frequent statement scans a table that grows.
    @Test(arguments: SQLiteStore.hotQueries)
    func `statements search by an index`(name: String, statement: String) throws {
        let plan = try database.open().plan(of: statement)
        #expect(!plan.isEmpty)
        for step in plan { #expect(!step.hasPrefix("SCAN") && !step.contains("TEMP B-TREE"), "\(step)") }
    }
}
