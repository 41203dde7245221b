import Foundation
import Migrations
import PostgresStore
import Testing
import TokenTesting

struct SchemaTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test func `a fresh database gets the whole schema, once`() throws {
        for _ in 0..<3 {
            let store = try database.open()
            #expect(try store.appliedMigrations() == Migrations.postgres.map(\.number))
            #expect(
                try store.tables() == [
                    "client_assertions", "clients", "events", "feed", "login_attempts", "refresh_tokens", "revocations",
                    "schema_migrations",
                    "sessions", "signing_keys", "subjects",
                ])
            store.close()
        }
    }

    @Test func `many nodes may start at once`() async throws {
        let database = database
        try await withThrowingTaskGroup { group in
            for seed in 0..<6 as Range<UInt64> {
                group.addTask { _ = try await TestService(store: database.open(), seed: seed).open() }
            }
            try await group.waitForAll()
        }
        let store = try database.open()
        #expect(try store.appliedMigrations() == Migrations.postgres.map(\.number))
        #expect(try await store.sessions(of: nil, limit: 9).count == 6)
    }

    @Test func `a database from a newer program is refused and left alone`() throws {
        try database.open().close()
        try database.tamper("INSERT INTO schema_migrations VALUES (999, 'future', 'x', '2030-01-01')")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try database.open(migrate: migrate) }
            #expect("\(error as Any)".contains("999"))
        }
    }

    @Test func `an edited migration is refused`() throws {
        try database.open().close()
        try database.tamper("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
        for migrate in [true, false] {
            let error = #expect(throws: (any Error).self) { try database.open(migrate: migrate) }
            #expect("\(error as Any)".contains("migration 1"))
        }
    }

    @Test func `who may not migrate is told to, and writeSet nothing`() throws {
        let error = #expect(throws: (any Error).self) { try database.open(migrate: false) }
        #expect("\(error as Any)".contains("heirloom migrate"))
        #expect(try database.tamper("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0")
        try database.open().close()
        try database.open(migrate: false).close()
    }

    @Test func `a step that fails half-way leaves nothing, and is made again`() throws {
        // The last table of the step is there already.
        try database.tamper("CREATE TABLE login_attempts (x int)")
        #expect(throws: (any Error).self) { try database.open() }
        #expect(try database.tamper("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "1")
        try database.tamper("DROP TABLE login_attempts")
        #expect(try database.open().appliedMigrations() == Migrations.postgres.map(\.number))
    }

    @Test func `every migration on disk is embedded, whole and in order, and of SQLite's number`() throws {
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

    @Test func `a database that cannot hold every name is refused`() throws {
        let url = try database.cluster.makeDatabase()
        let name = String(url.dropFirst("postgres://heirloom@/".count).prefix { $0 != "?" })
        try database.cluster.run(sql: "DROP DATABASE \(name)")
        try database.cluster.run(sql: "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'LATIN1'")
        let error = #expect(throws: (any Error).self) { try PostgresStore(PostgresTarget(url)) }
        #expect("\(error as Any)".contains("UTF8"))
        try database.cluster.drop(url)
    }
}
