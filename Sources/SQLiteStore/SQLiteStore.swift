import GRDB
import TokenCore

/// One node's store: a SQLite file with one writer and readers beside it.
///
/// WAL with `synchronous = FULL`: a commit that returned has been fsynced. Another process (the command line) may
/// write to the same file; what it commits is seen by the next transaction and the next read.
package final class SQLiteStore: Sendable {
    package let path: String
    let pool: DatabasePool
    let checkpointer: Checkpointer
    let lookUps: ReadLane

    /// Opens the file, makes it when it is missing (mode 0600), and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - path: of the database file; its folder must exist.
    ///   - cacheKiB: the writer's page cache.
    ///   - readers: how many reads may go on at once.
    package init(path: String, cacheKiB: Int = 16_384, readers: Int = 2, migrate: Bool = true) throws {
        self.path = path
        try SQLiteStore.makePrivate(path)
        var configuration = GRDB.Configuration()
        configuration.label = "heirloom"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readers
        configuration.prepareDatabase { database in
            // Small pages: a rotation dirties one, and writes that many bytes to the log.
            try database.execute(sql: "PRAGMA page_size = 2048")
            try database.execute(sql: "PRAGMA cache_size = -\(cacheKiB)")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            // The pool has set NORMAL, under which a power cut can bring a rotated token back to life.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        checkpointer = try Checkpointer(path: path, pool: pool)
        lookUps = ReadLane(pool: pool)
        if migrate { try SchemaMigrator().migrate(pool) } else { try SchemaMigrator().verify(pool) }
    }

    /// Copies the database as it stands at one moment, while it is being written.
    package func backup(to path: String) throws {
        try SQLiteStore.makePrivate(path)
        let copy = try DatabaseQueue(path: path)
        try pool.backup(to: copy)
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try copy.close()
    }

    /// What `PRAGMA quick_check` finds wrong; empty when the file is sound.
    package func check() throws -> [String] {
        try pool.read { try String.fetchAll($0, sql: "PRAGMA quick_check") }.filter { $0 != "ok" }
    }

    package func close() throws {
        checkpointer.stop()
        try pool.close()
    }
}
