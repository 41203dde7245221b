import Foundation
import GRDB
import Migrations
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
        try await StoreConformance.promises[index].keep(StoreConformance { try database.open() })
    }

    @Test func `what was answered is there after the process is gone`() async throws {
        let service = TestService(store: try database.open())
        let (family, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        let third = try #require(await service.rotate(second))
        // No close: the file and its log are all that a crash leaves. Another folder, as after a restart elsewhere.
        let crashed = try TemporaryDatabase()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: database.path + suffix, toPath: crashed.path + suffix)
        }
        let restarted = TestService(store: try crashed.open())
        #expect(try await restarted.store.family(family.session.id) == service.store.family(family.session.id))
        #expect(try await restarted.rotate(second)?.plaintext == third.plaintext)
        #expect(try await restarted.rotate(third) != nil)
        #expect(try await restarted.refusal(of: first) == .reuse(generationsBehind: 3, seconds: 0))
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
        let (family, token) = try await service.open()
        let copy = try TemporaryDatabase()
        try await withThrowingTaskGroup { group in
            group.addTask {
                var newest = token
                for _ in 0..<200 { newest = try #require(await service.rotate(newest)) }
            }
            group.addTask { try store.backup(to: copy.path) }
            try await group.waitForAll()
        }
        let restored = try copy.open()
        #expect(try restored.check().isEmpty)
        // The holder is ahead of the copy now.
        let now = try #require(await service.store.family(family.session.id))
        let then = try #require(await restored.family(family.session.id))
        #expect(then.token.generation <= now.token.generation)
    }

    @Test func `a database from a newer program is refused`() throws {
        try database.open().close()
        let queue = try DatabaseQueue(path: database.path)
        try queue.write {
            try $0.execute(sql: "INSERT INTO schema_migrations VALUES (999, 'future', 'x', '2030-01-01')")
        }
        let error = #expect(throws: (any Error).self) { try database.open() }
        #expect("\(error as Any)".contains("999"))
    }

    @Test func `an edited migration is refused`() throws {
        try database.open().close()
        let queue = try DatabaseQueue(path: database.path)
        try queue.write { try $0.execute(sql: "UPDATE schema_migrations SET checksum = 'x' WHERE number = 1") }
        let error = #expect(throws: (any Error).self) { try database.open() }
        #expect("\(error as Any)".contains("migration 1"))
    }

    @Test func `opening twice migrates once`() throws {
        try database.open().close()
        let store = try database.open()
        #expect(try store.appliedMigrations().count == Migrations.sqlite.count)
    }

    /// No hot query looks at rows that it does not want.
    @Test(arguments: SQLiteStore.hotQueries)
    func `hot queries walk an index`(query: String) throws {
        let plan = try database.open().plan(of: query)
        #expect(!plan.isEmpty)
        for step in plan { #expect(!step.hasPrefix("SCAN"), "\(step)") }
    }

    @Test func `every migration on disk is embedded`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Migrations/sqlite")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(files.count == Migrations.sqlite.count)
    }
}
