import Foundation
import GRDB
import Migrations
import SQLiteStore
import Testing
import TokenCore
import TokenTesting

struct SchemaTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    /// Another program's hand on the file.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database.path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func tables() throws -> [String] {
        let queue = try DatabaseQueue(path: database.path)
        defer { try? queue.close() }
        return try queue.read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        }
    }

    @Test func `a fresh file gets the whole schema, once`() throws {
        for _ in 0..<3 {
            let store = try database.open()
            #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
            try store.close()
        }
        #expect(
            try tables() == [
                "client_assertions", "clients", "events", "refresh_tokens", "revocations", "schema_migrations",
                "sessions", "signing_keys",
                "sqlite_sequence", "subjects",
            ])
    }

    @Test func `two processes may start at once`() async throws {
        let database = database
        try await withThrowingTaskGroup { group in
            for seed in 0..<4 as Range<UInt64> {
                group.addTask { _ = try await TestService(store: database.open(), seed: seed).open() }
            }
            try await group.waitForAll()
        }
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
        #expect(try await store.sessions(of: nil, limit: 9).count == 4)
    }

    @Test func `pages are small`() throws {
        try database.open().close()
        let queue = try DatabaseQueue(path: database.path)
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_size") } == 2048)
    }

    @Test func `a database from a newer program is refused and left alone`() throws {
        try database.open().close()
        try tamper("INSERT INTO schema_migrations VALUES (999, 'future', 'x', '2030-01-01')")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try SQLiteStore(path: database.path, migrate: migrate) }
            #expect("\(error as Any)".contains("999"))
        }
    }

    @Test func `an edited migration is refused`() throws {
        try database.open().close()
        try tamper("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try SQLiteStore(path: database.path, migrate: migrate) }
            #expect("\(error as Any)".contains("migration 1"))
        }
    }

    @Test func `who may not migrate is told to, and writeSet nothing`() throws {
        let error = #expect(throws: (any Error).self) { try SQLiteStore(path: database.path, migrate: false) }
        #expect("\(error as Any)".contains("heirloom migrate"))
        #expect(try tables().isEmpty)
        try database.open().close()
        try SQLiteStore(path: database.path, migrate: false).close()
    }

    /// The process dies when half of the first step is in the log and nothing of it is committed.
    @Test func `a migration that was cut off half-way is made again`() async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: database.path, configuration: configuration)
        let statements = String(decoding: Migrations.sqlite[0].sql, as: UTF8.self).split(separator: ";")
        let crashed = try TemporaryDatabase()
        try await queue.writeWithoutTransaction { [database] connection in
            try connection.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA cache_size = 1; BEGIN IMMEDIATE")
            for statement in statements.prefix(statements.count / 2) { try connection.execute(sql: String(statement)) }
            try database.crash(into: crashed)
        }
        let store = try crashed.open()
        #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
        #expect(try store.check().isEmpty)
        _ = try await TestService(store: store).open()
    }

    @Test func `an older database gets what it lacks and keeps what it has`() async throws {
        let store = try database.open()
        let session = try await TestService(store: store).open().session
        let client = ClientRecord(
            id: ClientID("api"), secretHashes: [[UInt8](repeating: 1, count: 32)], createdAt: Timestamp(seconds: 1))
        let service = TestService(store: store)
        try store.transaction(at: service.clock.now, rules: service.sessions.rules) { $0.save(client) }
        try store.close()
        try tamper(
            """
            DROP TABLE client_assertions;
            ALTER TABLE clients DROP COLUMN jwks;
            DELETE FROM schema_migrations WHERE number > 1;
            """)
        let newer = try database.open()
        #expect(try newer.appliedMigrations() == Migrations.sqlite.map(\.number))
        #expect(try await newer.clients() == [client])
        #expect(try await newer.session(session.record.id) == session)
    }

    @Test func `every migration on disk is embedded, whole and in order`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Migrations/sqlite")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(files.count == Migrations.sqlite.count)
        for (file, migration) in zip(files.sorted(), Migrations.sqlite) {
            let prefix = String(repeating: "0", count: 4 - "\(migration.number)".count) + "\(migration.number)"
            #expect(file == "\(prefix)_\(migration.name).sqlite.sql")
            #expect(try Data(contentsOf: folder.appendingPathComponent(file)) == Data(migration.sql))
        }
        #expect(Migrations.sqlite.map(\.number) == Array(1...Migrations.sqlite.count))
    }

    @Test func `what is no database is refused with its reason`() throws {
        let missing = database.folder.appendingPathComponent("missing/heirloom.sqlite").path
        let error = #expect(throws: SQLiteStore.FileFailure.self) { try SQLiteStore(path: missing) }
        #expect("\(error as Any)".contains(missing))
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: database.path))
        #expect(throws: (any Error).self) { try database.open() }
    }
}
