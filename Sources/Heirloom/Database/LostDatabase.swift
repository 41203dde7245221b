import SQLiteStore

/// The database is empty although a start has made a master key, so it held something before.
struct LostDatabase: Error, CustomStringConvertible {
    let path: String
    let masterKey: String

    var description: String {
        "the database file \(path) is missing or empty, but there is a master key, \(masterKey), so there was a "
            + "database before. Put it back, or restore a backup with: heirloom restore FILE. To begin with an empty "
            + "database, run: heirloom migrate"
    }
}

extension Configuration {
    /// - Throws: ``LostDatabase``, or an error of the store when the file is damaged.
    func requireDatabase() throws {
        // A key that is configured may be older than its database: an operator has made it.
        guard case .sqlite(let path, _) = database, let key = masterKey.madeFile,
            try SQLiteStore.isEmpty(path)
        else { return }
        throw LostDatabase(path: path, masterKey: key)
    }
}
