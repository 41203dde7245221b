import Foundation
import SQLiteStore
import Testing
import TokenCore
import TokenTesting

struct SQLiteStoreTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test(arguments: StoreConformance.promises.indices)
    func `SQLite keeps the promise`(index: Int) async throws {
        let database = database
        let crashed = try TemporaryDatabase()
        let conformance = StoreConformance {
            try database.open()
        } reopen: {
            try database.crash(into: crashed)
            return try crashed.open()
        }
        try await StoreConformance.promises[index].keep(conformance)
    }

    @Test func `another process's writes hold at the next request`() async throws {
        let service = TestService(store: try database.open())
        let operators = TestService(store: try database.open())
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        _ = try await operators.sessions.lane.submit(SetUserState(of: user.id, to: .disabled))
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

    @Test func `a backup taken while writing is whole`() async throws {
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
        // One private file, with no log beside it.
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy.folder.path) == ["heirloom.sqlite"])
        let restored = try copy.open()
        #expect(try restored.check().isEmpty)
        // The holder is ahead of the copy now.
        let now = try #require(await service.store.session(session.record.id))
        let then = try #require(await restored.session(session.record.id))
        #expect(then.token.generation <= now.token.generation)
    }

    /// No hot query looks at rows that it does not want.
    @Test(arguments: SQLiteStore.hotQueries)
    func `hot queries walk an index`(query: String) throws {
        let plan = try database.open().plan(of: query)
        #expect(!plan.isEmpty)
        for step in plan { #expect(!step.hasPrefix("SCAN") && !step.contains("TEMP B-TREE"), "\(step)") }
    }
}
