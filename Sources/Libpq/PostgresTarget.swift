import CPostgres

/// The database to connect to: a libpq connection URL, parsed, with defaults added. Its description holds no password.
package struct PostgresTarget: Sendable, CustomStringConvertible {
    /// A text is not a valid connection URL. The description does not repeat the text, which may hold a password.
    package struct Malformed: Error, CustomStringConvertible {
        /// What is wrong, and how to correct it.
        package let description: String
    }

    /// The hosts, the ports and the database.
    package let description: String
    let parameters: [(keyword: String, value: String)]
    let library: LibpqLibrary
    private let password: String?

    /// Parameters that the URL may override. The time-outs bound how long a request waits for a server that does not
    /// answer. A read must return what was committed before, so a standby is never connected to.
    private static let defaults = [
        ("connect_timeout", "2"), ("target_session_attrs", "read-write"), ("tcp_user_timeout", "4000"),
        ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("fallback_application_name", "heirloom"),
    ]

    /// Whether `text` has the scheme of a connection URL.
    package static func isURL(_ text: String) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// - Parameter url: a `postgres://` or `postgresql://` URL with any parameters that libpq accepts.
    /// - Throws: ``Malformed``, or an error when libpq is not installed.
    package init(_ url: String) throws {
        guard PostgresTarget.isURL(url) else { throw Malformed(description: "expected postgres://…") }
        library = try LibpqLibrary.load()
        let libpq = library.functions
        var message: UnsafeMutablePointer<CChar>?
        guard let options = libpq.PQconninfoParse(url, &message) else {
            libpq.PQfreemem(message)
            throw Malformed(
                description:
                    "libpq cannot read the URL; percent-encode what is special in user, password and parameters")
        }
        defer { libpq.PQconninfoFree(options) }
        var given: [(keyword: String, value: String)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        let values = Dictionary(given.map { ($0.keyword, $0.value) }) { $1 }
        // A part of a password with an unescaped @ or / would be read as one of these, and would appear in messages.
        let port = values["port"] ?? ""
        guard !(values["host"] ?? "").contains("@"),
            !(values["dbname"] ?? "").contains(where: { $0 == "@" || $0 == "/" }),
            port.allSatisfy({ $0.isNumber || $0 == "," })
        else {
            throw Malformed(
                description: "percent-encode what is special in the user and the password (@ is %40, / is %2F)")
        }
        guard port.split(separator: ",").allSatisfy({ (1...65_535).contains(Int($0) ?? 0) }) else {
            throw Malformed(description: "expected a port from 1 to 65535")
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

    /// A message of libpq on one line, without the password.
    func redacted(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
        guard let password else { return line }
        return line.replacing(password, with: "***")
    }
}
