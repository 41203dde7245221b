import Foundation
import Libpq
import Migrations
import PostgresStore
import Testing
import TokenCore
import TokenTesting

struct SchemaTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test func `a new database gets the whole schema, once`() throws {
        for _ in 0..<3 {
            let store = try database.open()
            #expect(try store.appliedMigrations() == Migrations.postgres.map(\.number))
            #expect(
                try store.tables() == [
                    "clients", "events", "feed", "identities", "login_attempts", "one_time_links",
                    "refresh_tokens", "revocations", "schema_migrations", "sessions", "signing_keys", "subjects",
                    "upstream_sessions", "used_once", "webhook_cursors",
                ])
            store.close()
        }
    }

    @Test func `several nodes may start at once`() async throws {
        let database = database
        try await withThrowingTaskGroup { group in
            for seed in 0..<6 as Range<UInt64> {
                group.addTask { _ = try await TestService(store: database.open(), seed: seed).open() }
            }
            try await group.waitForAll()
        }
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.postgres.map(\.number))
        #expect(try await store.openSessions(of: nil, limit: 9).count == 6)
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
        #expect(try database.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
        try database.open().close()
        try database.open(migrate: false).close()
    }

    @Test func `a migration that fails leaves nothing and is applied again`() throws {
        // The last table of the first migration exists.
        try database.run("CREATE TABLE login_attempts (x int)")
        #expect(throws: (any Error).self) { try database.open() }
        #expect(try database.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1")
        try database.run("DROP TABLE login_attempts")
        #expect(try database.open().appliedMigrations() == Migrations.postgres.map(\.number))
    }

    /// A database of each earlier version, with rows that the first version could hold.
    @Test(arguments: 1..<Migrations.postgres.count)
    func `an older database gets what it lacks and keeps what it has`(version: Int) async throws {
        try database.run(
            """
            CREATE TABLE schema_migrations (
                number bigint NOT NULL PRIMARY KEY, name text NOT NULL,
                checksum text NOT NULL, applied_at text NOT NULL)
            """)
        for step in Migrations.postgres.prefix(version) {
            try database.run(String(decoding: step.sql, as: UTF8.self))
            try database.run(
                "INSERT INTO schema_migrations VALUES (\(step.number), '\(step.name)', '\(step.checksum)', '')"
            )
        }
        try database.run(
            FirstVersionRows.statements(
                sessionID: { "'\($0)'" }, zeros: { "decode(repeat('00', \($0)), 'hex')" }, version: version))
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.postgres.map(\.number))
        try await FirstVersionRows.check(in: store, from: version)
    }

    /// Each version before the ninth step rotates, opens and reads sessions by a column that has another name now.
    @Test func `a node of an older version cannot refresh a session any more`() async throws {
        let (session, _) = try await TestService(store: try database.open()).open()
        for statement in [
            "UPDATE refresh_tokens SET generation = 1, retries = 0 WHERE session_id = '\(session.id)'",
            "SELECT generation, hash, nonce, rotated_at, retries FROM refresh_tokens FOR NO KEY UPDATE",
            """
            INSERT INTO refresh_tokens (session_id, generation, hash, rotated_at, retries)
            VALUES (gen_random_uuid(), 0, '', 0, 0)
            """,
        ] {
            #expect(throws: (any Error).self) { try database.run(statement) }
        }
        #expect(try database.run("SELECT sum(generation) FROM refresh_tokens") == "0")
    }

    @Test func `every migration on disk is embedded, complete, in order and numbered as in SQLite`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Migrations/postgres")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
        #expect(files.count == Migrations.postgres.count)
        for (file, migration) in zip(files.sorted(), Migrations.postgres) {
            let prefix = String(repeating: "0", count: 4 - "\(migration.number)".count) + "\(migration.number)"
            #expect(file == "\(prefix)_\(migration.name).postgres.sql")
            #expect(try Data(contentsOf: folder.appendingPathComponent(file)) == Data(migration.sql))
        }
        #expect(Migrations.postgres.map(\.number) == Migrations.sqlite.map(\.number))
        #expect(Migrations.postgres.map(\.name) == Migrations.sqlite.map(\.name))
    }

    @Test func `a database whose encoding is not UTF-8 is refused`() throws {
        try database.cluster.run(sql: "DROP DATABASE \(database.name)")
        try database.cluster.run(sql: "CREATE DATABASE \(database.name) TEMPLATE template0 ENCODING 'LATIN1'")
        let error = #expect(throws: (any Error).self) { try database.open() }
        #expect("\(error as Any)".contains("UTF8"))
    }
}
