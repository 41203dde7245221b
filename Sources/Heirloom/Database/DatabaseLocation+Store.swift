import PostgresStore
import SQLiteStore

extension DatabaseLocation {
    /// Opens the store.
    ///
    /// - Parameter migrate: whether to bring the schema up to date. Without it, an older schema is an error.
    func open(migrate: Bool) throws -> any InstalledStore {
        switch self {
        case .sqlite(let path, let cacheKiB): try SQLiteStore(path: path, cacheKiB: cacheKiB, migrate: migrate)
        case .postgres(let target): try PostgresStore(target, migrate: migrate)
        }
    }
}
