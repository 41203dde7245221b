import Foundation

extension SQLiteStore {
    /// Creates the file with mode 0600 if it is missing. SQLite gives the log and the index of the log the same mode.
    ///
    /// - Throws: ``FileFailure``
    static func createPrivate(_ path: String) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, reason: String(cString: strerror(errno))) }
        Foundation.close(descriptor)
    }

    /// The database file cannot be opened or created.
    package struct FileFailure: Error, CustomStringConvertible {
        /// The path of the file.
        package let path: String
        /// The operating system's message.
        package let reason: String
        package var description: String { "cannot open the database file \(path): \(reason)" }
    }
}
