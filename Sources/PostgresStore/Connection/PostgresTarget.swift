import CPostgres

/// Where the database is: a libpq connection URL, read and completed. Never shows its password.
package struct PostgresTarget: Sendable, CustomStringConvertible {
    /// What cannot be a connection URL. Does not repeat it: whatever was mistyped, a password may be in it.
    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    /// For people: hosts and database.
    package let description: String
    let parameters: [(keyword: String, value: String)]
    private let password: String?

    /// What is set unless the URL says otherwise. A server that does not answer must not hold a request for long, and what was
    /// answered must be seen by the next read, so that no node talks to a standby.
    private static let defaults = [
        ("connect_timeout", "2"), ("target_session_attrs", "read-write"), ("tcp_user_timeout", "4000"),
        ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("fallback_application_name", "heirloom"),
    ]

    /// Whether `text` claims to be one.
    package static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// - Parameter url: `postgres://` or `postgresql://` with everything that libpq understands.
    package init(_ url: String) throws {
        guard PostgresTarget.isURL(url) else { throw Malformed(description: "expected postgres://…") }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            PQfreemem(message)
            throw Malformed(
                description:
                    "libpq cannot read the URL; percent-encode what is special in user, password and parameters")
        }
        defer { PQconninfoFree(options) }
        var given: [(keyword: String, value: String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        let values = Dictionary(given.map { ($0.keyword, $0.value) }) { $1 }
        // A password with an unescaped @ or / in it spills into these, and from there into messages.
        let port = values["port"] ?? ""
        guard !(values["host"] ?? "").contains("@"),
            !(values["dbname"] ?? "").contains(where: { $0 == "@" || $0 == "/" }),
            port.allSatisfy({ $0.isNumber || $0 == "," })
        else {
            throw Malformed(
                description: "percent-encode what is special in the user and the password (@ is %40, / is %2F)")
        }
        if let seconds = values["connect_timeout"], !(Int(seconds).map { (1...30).contains($0) } ?? false) {
            throw Malformed(description: "connect_timeout: expected 1 to 30 seconds")
        }
        password = values["password"].flatMap { $0.isEmpty ? nil : $0 }
        parameters =
            given.filter { $0.keyword != "client_encoding" } + [("client_encoding", "UTF8")]
            + PostgresTarget.defaults.filter { values[$0.0] == nil }.map { ($0.0, $0.1) }
        let host = values["host"].flatMap { $0.isEmpty ? nil : $0 } ?? values["hostaddr"] ?? "the local socket"
        description =
            "PostgreSQL at \(host)" + (port.isEmpty ? "" : ", port \(port)")
            + (values["dbname"].map { ", database \($0)" } ?? "")
    }

    /// What libpq says, on one line and without the password.
    func redacted(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        guard let password else { return line }
        return line.replacing(password, with: "***")
    }
}
