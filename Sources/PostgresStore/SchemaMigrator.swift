import Libpq
import Migrations

/// Applies the migrations that a database lacks, each in a transaction of its own, one process at a time.
struct SchemaMigrator {
    var migrations = Migrations.postgres

    /// Includes a migration that rewrites a table, and another node's migration before it.
    private let timeout = Duration.seconds(3600)

    private static let lock = "SELECT pg_advisory_lock(1214606444, 101)"
    private static let unlock = "SELECT pg_advisory_unlock(1214606444, 101)"
    private static let exists = "SELECT to_regclass('schema_migrations') IS NOT NULL"
    private static let applied = "SELECT number, checksum FROM schema_migrations"

    /// - Throws: ``Libpq/PostgresFailure``, or a failure of `SchemaHistory`.
    func migrate(_ connection: PostgresConnection) throws {
        // Most starts find nothing to do and need no lock.
        if try history(connection).missing.isEmpty { return }
        let deadline = ContinuousClock.now + timeout
        try connection.liftTimeouts(until: deadline)
        _ = try connection.run([Statement(SchemaMigrator.lock)], until: deadline)
        do {
            for migration in try history(connection).missing { try apply(migration, connection, until: deadline) }
        } catch {
            if !connection.isBroken { try? connection.run(script: "ROLLBACK", until: .now + .seconds(2)) }
            throw error
        }
        _ = try connection.run([Statement(SchemaMigrator.unlock)], until: deadline)
        try connection.applySettings(until: .now + .seconds(2))
    }

    /// Waits for the locks on tables in short attempts, because statements queue behind a transaction that waits for
    /// one.
    private func apply(
        _ migration: Migration, _ connection: PostgresConnection, until deadline: ContinuousClock.Instant
    ) throws {
        while true {
            do {
                return try connection.run(script: script(migration), until: deadline)
            } catch let failure as PostgresFailure where failure.isOfLock && .now < deadline {
                try connection.run(script: "ROLLBACK; SELECT pg_sleep(1)", until: deadline)
            }
        }
    }

    /// Refuses a database that is not up to date. Changes nothing.
    func verify(_ connection: PostgresConnection) throws { try history(connection).requireComplete() }

    private func history(_ connection: PostgresConnection) throws -> SchemaHistory {
        func read<Value>(_ sql: String, _ decode: (PostgresColumns) throws -> Value) throws -> [Value] {
            try connection.run([Statement(sql)], until: .now + .seconds(10))[0].map(decode)
        }
        guard try read(SchemaMigrator.exists, { $0.boolean(0) }).first == true else {
            return try SchemaHistory(known: migrations, applied: [:])
        }
        let applied = try read(SchemaMigrator.applied) { ($0.integer(0), $0.text(1)) }
        return try SchemaHistory(known: migrations, applied: Dictionary(applied) { $1 })
    }

    /// A migration and its record, in one transaction.
    private func script(_ migration: Migration) -> String {
        """
        BEGIN;
        SET LOCAL lock_timeout = '1s';
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number     bigint NOT NULL PRIMARY KEY,
            name       text   NOT NULL,
            checksum   text   NOT NULL,
            applied_at text   NOT NULL
        );
        \(String(decoding: migration.sql, as: UTF8.self));
        INSERT INTO schema_migrations VALUES (
            \(migration.number), '\(migration.name)', '\(migration.checksum)',
            to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
        COMMIT
        """
    }
}
