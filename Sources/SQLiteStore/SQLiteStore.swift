import GRDB
import NIOCore
import StoreRows
import TokenCore

/// The store of a single node: a SQLite file with one writer, and readers beside it.
///
/// The file is in WAL mode with `synchronous = FULL`: a commit that has returned was fsynced. Another process, the
/// command line, may write to the same file. The next transaction, the next list and the next turn of an event loop see
/// what it has committed.
package final class SQLiteStore: Store {
    /// The path of the database file.
    package let path: String
    let pool: DatabasePool
    let checkpointer: Checkpointer
    let loopReads: LoopReads
    let readLane: ReadLane

    /// Opens the file, creates it with mode 0600 if it is missing, and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - path: the path of the database file, whose folder must exist.
    ///   - cacheKiB: the size of the writer's page cache.
    ///   - readers: how many reads may run at once.
    ///   - migrate: false to refuse a database that is not up to date.
    /// - Throws: ``FileFailure``, ``DamagedFile``, a failure of `SchemaHistory`, or an error of GRDB.
    package init(path: String, cacheKiB: Int = 16_384, readers: Int = 2, migrate: Bool = true) throws {
        self.path = path
        SQLiteStore.disableMemoryStatistics
        try SQLiteStore.createPrivate(path)
        var configuration = GRDB.Configuration()
        configuration.label = "heirloom"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readers
        configuration.prepareDatabase { database in
            // A rotation changes one page and writes all of it to the log, so that pages are small.
            try database.execute(sql: "PRAGMA page_size = 2048")
            try database.execute(sql: "PRAGMA cache_size = -\(cacheKiB)")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        pool = try SQLiteStore.naming(path) { try DatabasePool(path: path, configuration: configuration) }
        try pool.writeWithoutTransaction { database in
            // The pool has set NORMAL, with which a power failure could undo a rotation that was answered.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        checkpointer = try Checkpointer(path: path, pool: pool)
        let metrics = LookUpMetrics()
        loopReads = LoopReads(path: path, cacheKiB: cacheKiB / System.coreCount, metrics: metrics)
        readLane = ReadLane(pool: pool, metrics: metrics)
        try SQLiteStore.naming(path) {
            if migrate { try SchemaMigrator().migrate(pool) } else { try SchemaMigrator().verify(pool) }
        }
    }

    /// Copies the database as it is at one moment, also while it is being written.
    ///
    /// - Parameter path: of the copy. There must be nothing at this path, not even a symbolic link, which could lead to
    ///   another file, and no journal for it.
    /// - Throws: ``FileFailure``, or an error of GRDB.
    package func backup(to path: String) throws {
        for suffix in ["-journal", "-wal"] { try SQLiteStore.requireAbsence(of: path + suffix) }
        try SQLiteStore.createPrivate(path, isNew: true)
        let copy = try DatabaseQueue(path: path)
        try pool.backup(to: copy)
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        try copy.close()
    }

    /// The errors that `PRAGMA quick_check` finds, and where the schema is not that of the migrations; empty when the
    /// database is sound.
    package func check() throws -> [String] {
        let damage = try pool.read { try String.fetchAll($0, sql: "PRAGMA quick_check") }.filter { $0 != "ok" }
        return damage + (try schemaDifferences().map { "the schema differs in \($0)" })
    }

    /// Ends the checkpoints and closes the connections.
    package func close() throws {
        checkpointer.stop()
        loopReads.close()
        try pool.close()
    }
}
