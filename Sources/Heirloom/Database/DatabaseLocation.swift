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
        } else {
            self = .sqlite(path: resolve(try DatabaseLocation.sqlitePath(url)), cacheKiB: cacheKiB)
        }
    }

    /// The path in `sqlite:PATH` or `sqlite:///ABSOLUTE/PATH`. Other programs' forms of a SQLite URL would name a file
    /// that nobody means, so they are refused.
    private static func sqlitePath(_ url: String) throws -> String {
        guard url.hasPrefix("sqlite:") else { throw Malformed(description: "expected sqlite:PATH or postgres://…") }
        let rest = url.dropFirst("sqlite:".count)
        let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
        let name = path.drop { $0 == "/" }
        let advice: String? =
            if path.contains("@") {
                // What may be a password is not repeated.
                "a SQLite database has no user and no host"
            } else if path.hasPrefix("//") {
                name.isEmpty
                    ? "the path is missing" : "two slashes begin a host name; write sqlite:\(name) or sqlite:///\(name)"
            } else if path.hasPrefix(":memory:") {
                "a database in memory would be lost at each stop; write the path of a file, sqlite:PATH"
            } else if path.hasPrefix("file:") {
                "write sqlite:\(path.dropFirst("file:".count)), without file:"
            } else if path.contains(where: { $0 == "?" || $0 == "#" }) {
                "parameters are not read; write sqlite:\(path.prefix { $0 != "?" && $0 != "#" })"
            } else if path.contains("%") {
                "percent-encoding is not decoded; write the path as it is"
            } else if name.hasPrefix("~") || name.hasPrefix("$") {
                "~ and variables are not expanded; write sqlite:///ABSOLUTE/PATH"
            } else if name.isEmpty || path.hasSuffix("/") {
                "the name of the file is missing"
            } else if path.contains(where: { $0.isWhitespace && !" ".contains($0) }) || path.first == " " {
                "a path has no line breaks and tabs, and does not begin with a space"
            } else {
                nil
            }
        if let advice { throw Malformed(description: "expected sqlite:PATH or postgres://…; \(advice)") }
        return String(path)
    }
}
