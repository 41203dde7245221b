import CSQLite

extension SQLiteStore {
    /// Turns off SQLite's statistics of memory, which nothing reads: a lock of the whole process guards them at each
    /// allocation. SQLite accepts it only before the first connection of the process. ``isEmpty(_:)`` and the
    /// initializer evaluate it, since one of them opens that connection.
    static let disableMemoryStatistics: Void = { _ = csqlite_disable_memory_statistics() }()
}
