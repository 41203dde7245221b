import Foundation

extension SQLiteStore {
    /// Makes the file when it is missing, readable by its owner only; SQLite gives its companions the same mode.
    static func makePrivate(_ path: String) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, reason: String(cString: strerror(errno))) }
        Foundation.close(descriptor)
    }

    package struct FileFailure: Error, CustomStringConvertible {
        package let path: String
        package let reason: String
        package var description: String { "cannot open the database file \(path): \(reason)" }
    }
}
