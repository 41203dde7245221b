import PostgresStore
import SQLiteStore

extension DatabaseLocation {
    /// Opens the store. The one place that picks it.
    ///
    /// - Parameter migrate: whether to bring the schema up to date; else a database that is not is refused.
    func open(cacheKiB: Int, migrate: Bool) throws -> any InstalledStore {
        switch self {
        case .sqlite(let path): try SQLiteStore(path: path, cacheKiB: cacheKiB, migrate: migrate)
        case .postgres(let target): try PostgresStore(target, migrate: migrate)
        }
    }
}
