/// Who administers the service, for the audit trail: every event of a command that an administrator causes names them.
package struct Administrator: Sendable, Equatable {
    /// How the administrator came: `admin_token`, `console`, `command_line`, or `command_line:USER` with the user of
    /// the operating system.
    package let name: String
    /// Where the request came from; nil for the command line.
    package let address: String?

    private init(_ name: String, address: String?) {
        self.name = name
        self.address = address
    }

    /// Somebody who showed the admin token to the admin API.
    package static func adminToken(at address: String?) -> Administrator {
        Administrator("admin_token", address: address)
    }

    /// Somebody who is signed in to the console.
    package static func console(at address: String?) -> Administrator { Administrator("console", address: address) }

    /// Somebody at the command line.
    ///
    /// - Parameter user: the user of the operating system; nil when it is unknown.
    package static func commandLine(user: String?) -> Administrator {
        Administrator("command_line" + (user.map { ":\($0)" } ?? ""), address: nil)
    }
}
