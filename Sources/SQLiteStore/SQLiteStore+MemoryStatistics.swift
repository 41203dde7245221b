import CSQLite

extension SQLiteStore {
    /// Turns off SQLite's statistics of memory, which nothing reads: a lock of the whole process guards them at each
    /// allocation. Has an effect only before the first connection of the process, so that whatever opens one evaluates
    /// it.
    static let disableMemoryStatistics: Void = { _ = csqlite_disable_memory_statistics() }()
}
