import CSQLite

extension SQLiteStore {
    /// Turns off SQLite's statistics of memory, which nothing reads: a lock of the whole process guards them at each
    /// allocation. Has an effect before the first connection of the process only.
    static func disableMemoryStatistics() { _ = csqlite_disable_memory_statistics() }
}
