import Foundation

/// Makes files that only their owner may read.
enum PrivateFile {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path) cannot be created: \(reason)" }
    }

    /// Makes a file with mode 0600, whole or not at all. A file that is there already, perhaps by another process,
    /// stays.
    static func create(_ path: String, contents: String) throws {
        func failure() -> Failure { Failure(path: path, reason: String(cString: strerror(errno))) }
        let draft = "\(path).\(getpid())"
        // A killed process with the same number may have left one.
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(draft) }
        let bytes = Array(contents.utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw failure() }
        // Unlike a rename, a link does not replace a file.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure() }
        // The folder needs an fsync of its own for the name to survive a power failure.
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Makes a folder with mode 0700, unless it is there already.
    static func createFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(path: path, reason: "\(error.localizedDescription)")
        }
    }
}
