import Foundation

/// Files that only their owner may read.
enum PrivateFile {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path) cannot be made: \(reason)" }
    }

    /// Makes a file with mode 0600, whole or not at all. When another process was faster, its file stays.
    static func create(_ path: String, contents: String) throws {
        func failure() -> Failure { Failure(path: path, reason: String(cString: strerror(errno))) }
        let draft = "\(path).\(getpid())"
        // One that a killed process of this number has left.
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { unlink(draft) }
        let bytes = Array(contents.utf8)
        let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw failure() }
        // A link, unlike a rename, does not replace what is there.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure() }
        // The name must survive a power cut as the contents do.
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Makes a folder with mode 0700 where there is none.
    static func createFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(path: path, reason: "\(error.localizedDescription)")
        }
    }
}
