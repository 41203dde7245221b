import PostgresStore

/// Where the rows are, by `database.url`.
enum DatabaseLocation: Sendable {
    /// One node's file.
    case sqlite(path: String)
    /// Many nodes' server.
    case postgres(PostgresTarget)

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter resolve: makes a path absolute.
    init(_ url: String, resolve: (String) -> String) throws {
        if PostgresTarget.isURL(url) {
            self = .postgres(try PostgresTarget(url))
        } else if url.hasPrefix("sqlite:"), url != "sqlite:" {
            self = .sqlite(path: resolve(String(url.dropFirst("sqlite:".count))))
        } else {
            throw Malformed(description: "expected sqlite:PATH or postgres://…")
        }
    }
}
