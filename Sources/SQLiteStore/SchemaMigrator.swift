import Crypto
import Foundation
import GRDB
import Migrations

/// Applies the numbered steps that a database lacks, each in its own transaction with a record of it.
struct SchemaMigrator {
    enum Failure: Error, CustomStringConvertible {
        case edited(number: Int, name: String)
        case newer(number: Int)
        case missing(number: Int)

        var description: String {
            switch self {
            case .edited(let number, let name):
                "migration \(number) (\(name)) was applied to this database with another text than this program holds; "
                    + "use the program that made the database, or restore a backup"
            case .newer(let number):
                "the database has migration \(number), which this program does not know: it was made by a newer version; "
                    + "install that version or restore a backup"
            case .missing(let number):
                "the database lacks migration \(number); run: heirloom migrate"
            }
        }
    }

    var migrations = Migrations.sqlite

    func migrate(_ pool: DatabasePool) throws {
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS schema_migrations (
                        number     INTEGER NOT NULL PRIMARY KEY,
                        name       TEXT    NOT NULL,
                        checksum   TEXT    NOT NULL,
                        applied_at TEXT    NOT NULL
                    ) STRICT
                    """)
        }
        for migration in migrations {
            try pool.write { database in
                // Read inside the transaction: another process may be migrating too.
                let applied = try self.applied(in: database)
                try check(applied)
                guard applied[migration.number] == nil else { return }
                try database.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try database.execute(
                    sql: "INSERT INTO schema_migrations VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
                    arguments: [migration.number, migration.name, checksum(migration)])
            }
        }
    }

    /// Refuses a database that is not exactly up to date, changing nothing.
    func verify(_ pool: DatabasePool) throws {
        let applied = try pool.read { database in
            try database.tableExists("schema_migrations") ? self.applied(in: database) : [:]
        }
        try check(applied)
        if let missing = migrations.first(where: { applied[$0.number] == nil }) {
            throw Failure.missing(number: missing.number)
        }
    }

    private func applied(in database: Database) throws -> [Int: String] {
        let rows = try Row.fetchAll(database, sql: "SELECT number, checksum FROM schema_migrations")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    private func check(_ applied: [Int: String]) throws {
        for migration in migrations {
            if let known = applied[migration.number], known != checksum(migration) {
                throw Failure.edited(number: migration.number, name: migration.name)
            }
        }
        if let newest = applied.keys.max(), newest > migrations.count { throw Failure.newer(number: newest) }
    }

    private func checksum(_ migration: Migration) -> String {
        SHA256.hash(data: migration.sql).map { String(format: "%02x", $0) }.joined()
    }
}
