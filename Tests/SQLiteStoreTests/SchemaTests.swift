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

    @Test func `a new file gets the whole schema, once`() throws {
        for _ in 0..<3 {
            let store = try database.open()
            #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
            try store.close()
        }
        #expect(
            try database.tables() == [
                "clients", "events", "identities", "one_time_links", "refresh_tokens", "revocations",
                "schema_migrations", "sessions", "signing_keys", "sqlite_sequence", "subjects", "upstream_sessions",
                "used_once", "webhook_cursors",
            ])
    }

    @Test func `several processes may start at once`() async throws {
        let database = database
        try await withThrowingTaskGroup { group in
            for seed in 0..<4 as Range<UInt64> {
                group.addTask { _ = try await TestService(store: database.open(), seed: seed).open() }
            }
            try await group.waitForAll()
        }
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
        #expect(try await store.openSessions(of: nil, limit: 9).count == 4)
    }

    @Test func `pages are small`() throws {
        try database.open().close()
        let queue = try DatabaseQueue(path: database.path)
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA page_size") } == 2048)
    }

    @Test func `a database from a newer program is refused and not changed`() throws {
        try database.open().close()
        try database.run("INSERT INTO schema_migrations VALUES (999, 'future', 'x', '2030-01-01')")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try database.open(migrate: migrate) }
            #expect("\(error as Any)".contains("999"))
        }
    }

    @Test func `an edited migration is refused`() throws {
        try database.open().close()
        try database.run("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try database.open(migrate: migrate) }
            #expect("\(error as Any)".contains("migration 1"))
        }
    }

    @Test func `without migrating an old database is refused with what to do, and not changed`() throws {
        let error = #expect(throws: (any Error).self) { try database.open(migrate: false) }
        #expect("\(error as Any)".contains("heirloom migrate"))
        #expect(try database.tables().isEmpty)
        try database.open().close()
        try database.open(migrate: false).close()
    }

    /// The process dies when half of the first step is in the log and nothing is committed.
    @Test func `a migration that a crash interrupted is applied again`() async throws {
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

    /// A database of each earlier version, with rows that the first version could hold.
    @Test(arguments: 1..<Migrations.sqlite.count)
    func `an older database gets what it lacks and keeps what it has`(version: Int) async throws {
        try database.run(
            """
            CREATE TABLE schema_migrations (
                number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
                checksum TEXT NOT NULL, applied_at TEXT NOT NULL
            ) STRICT
            """)
        for step in Migrations.sqlite.prefix(version) {
            try database.run(String(decoding: step.sql, as: UTF8.self))
            try database.run(
                "INSERT INTO schema_migrations VALUES (\(step.number), '\(step.name)', '\(step.checksum)', '')"
            )
        }
        try database.run(
            FirstVersionRows.statements(
                sessionID: { "x'\($0)'" }, zeros: { "zeroblob(\($0))" }, version: version))
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.sqlite.map(\.number))
        try await FirstVersionRows.check(in: store, from: version)
    }

    @Test func `the numbers of the feed go on after its table was made anew`() async throws {
        let steps = Migrations.sqlite.prefix { $0.name != "claims" }
        let old = try DatabaseQueue(path: database.path)
        try await old.write { connection in
            for step in steps { try connection.execute(sql: String(decoding: step.sql, as: UTF8.self)) }
            try connection.execute(
                sql: """
                    CREATE TABLE schema_migrations (
                        number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
                        checksum TEXT NOT NULL, applied_at TEXT NOT NULL
                    ) STRICT;
                    INSERT INTO revocations VALUES 
                        (7, 'subject', 'ada', 500, 1000, 9000), (9, 'session', 'x', NULL, 1, 2);
                    DELETE FROM revocations WHERE sequence = 9
                    """)
            for step in steps {
                try connection.execute(
                    sql: "INSERT INTO schema_migrations VALUES (?, ?, ?, '')",
                    arguments: [step.number, step.name, step.checksum])
            }
        }
        try old.close()
        let page = try await database.open().revocations(after: 0, limit: 9)
        #expect(page.entries.map(\.sequence) == [7] && page.newest == 9)
    }

    @Test func `every migration on disk is embedded, complete and in order`() throws {
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

    @Test func `a file that is no database is refused with the reason`() throws {
        let missing = database.folder.appendingPathComponent("missing/heirloom.sqlite").path
        let error = #expect(throws: SQLiteStore.FileFailure.self) { try SQLiteStore(path: missing) }
        #expect("\(error as Any)".contains(missing))
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: database.path))
        #expect(throws: (any Error).self) { try database.open() }
    }
}
