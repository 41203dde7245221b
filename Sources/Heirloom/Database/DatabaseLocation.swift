import Libpq

/// The database that `database.url` names.
enum DatabaseLocation: Sendable {
    /// A file, for one node.
    case sqlite(path: String, cacheKiB: Int)
    /// A server, for many nodes.
    case postgres(PostgresTarget)

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameters:
    ///   - cacheKiB: the size of SQLite's page cache.
    ///   - resolve: makes a path absolute.
    init(_ url: String, cacheKiB: Int, resolve: (String) -> String) throws {
        if PostgresTarget.isURL(url) {
            self = .postgres(try PostgresTarget(url))
        } else if url.hasPrefix("sqlite:"), url != "sqlite:" {
            self = .sqlite(path: resolve(String(url.dropFirst("sqlite:".count))), cacheKiB: cacheKiB)
        } else {
            throw Malformed(description: "expected sqlite:PATH or postgres://…")
        }
    }
}
