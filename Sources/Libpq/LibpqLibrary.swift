import CPostgres

/// libpq, which is loaded when a database is named for the first time: a service on SQLite has none of its libraries in
/// memory, and they need not be installed.
package final class LibpqLibrary: @unchecked Sendable {
    /// The library is not installed, or too old.
    package struct NotLoaded: Error, CustomStringConvertible {
        /// What is missing, and what to install.
        package let description: String
    }

    let functions: LibpqFunctions

    /// The major version of the ABI, which all versions of PostgreSQL since 8.0 have.
    private static let shared = Result { try LibpqLibrary("libpq.so.5") }

    /// - Throws: ``NotLoaded``
    static func load() throws -> LibpqLibrary { try shared.get() }

    /// - Parameter name: of the file, which the dynamic linker looks for.
    /// - Throws: ``NotLoaded``
    package init(_ name: String) throws {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? name
            throw NotLoaded(
                description:
                    "PostgreSQL's client library cannot be loaded (\(reason)); install it: apt-get install libpq5 "
                    + "(Debian, Ubuntu), dnf install libpq (Fedora), apk add libpq (Alpine)")
        }
        var functions = LibpqFunctions()
        if let missing = libpq_load(library, &functions) {
            throw NotLoaded(
                description: "\(name) lacks \(String(cString: missing)); install that of PostgreSQL 14 or later")
        }
        self.functions = functions
    }
}
