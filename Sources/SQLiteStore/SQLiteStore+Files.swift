import Foundation

extension SQLiteStore {
    /// Creates the file with mode 0600 if it is missing. SQLite gives the log and the index of the log the same mode.
    ///
    /// - Parameter isNew: whether a file or a symbolic link that is there already is an error.
    /// - Throws: ``FileFailure``
    static func createPrivate(_ path: String, isNew: Bool = false) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | (isNew ? O_EXCL | O_NOFOLLOW : 0), 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, reason: String(cString: strerror(errno))) }
        Foundation.close(descriptor)
    }

    /// - Throws: ``FileFailure`` when there is a file or a symbolic link at the path.
    static func requireAbsence(of path: String) throws {
        var status = stat()
        if lstat(path, &status) == 0 { throw FileFailure(path: path, reason: String(cString: strerror(EEXIST))) }
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
