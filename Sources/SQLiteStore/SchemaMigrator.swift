import GRDB
import Migrations

/// Applies the migrations that a database lacks, each in a transaction of its own together with its record.
struct SchemaMigrator {
    var migrations = Migrations.sqlite

    /// - Throws: a failure of `SchemaHistory`, or an error of GRDB.
    func migrate(_ pool: some DatabaseWriter) throws {
        let isComplete = try pool.writeWithoutTransaction { database in
            try database.tableExists("schema_migrations") && history(in: database).missing.isEmpty
        }
        if isComplete { return }
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
                // Read inside the transaction, because another process may migrate at the same time.
                guard try history(in: database).missing.contains(where: { $0.number == migration.number }) else {
                    return
                }
                try database.execute(sql: String(decoding: migration.sql, as: UTF8.self))
                try database.execute(
                    sql: "INSERT INTO schema_migrations VALUES (?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))",
                    arguments: [migration.number, migration.name, migration.checksum])
            }
        }
    }

    /// Refuses a database that is not up to date. Changes nothing.
    func verify(_ pool: DatabasePool) throws {
        try pool.read { database in
            guard try database.tableExists("schema_migrations") else {
                return try SchemaHistory(known: migrations, applied: [:])
            }
            return try history(in: database)
        }.requireComplete()
    }

    private func history(in database: Database) throws -> SchemaHistory {
        let rows = try Row.fetchAll(database, sql: "SELECT number, checksum FROM schema_migrations")
        return try SchemaHistory(
            known: migrations, applied: Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }))
    }
}
