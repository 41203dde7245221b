import Foundation
import Logging

/// The file of a Unix socket that a listener binds to.
struct SocketFile {
    let path: String

    /// Checks that no other process listens, so that the listener may replace the file.
    ///
    /// - Throws: ``CommandFailure``
    func claim() throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw CommandFailure("\(path) exists and is not a socket") }
        // Does not wait when the other process accepts nothing.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0, let address = UnixSocketAddress(path) else { throw failure() }
        defer { close(descriptor) }
        if address.withUnsafePointer({ connect(descriptor, $0, $1) }) == 0 || errno == EAGAIN {
            throw CommandFailure("another process listens there")
        }
        // Nobody listens, or the file is gone by now.
        guard errno == ECONNREFUSED || errno == ENOENT else { throw failure() }
    }

    /// From now on, others than the owner and the group get no access to files that this process makes. So they cannot
    /// connect before ``share()``.
    static func restrictMode() {
        let mask = umask(0o007)
        umask(mask | 0o007)
    }

    /// Lets the owner and the group connect.
    func share(_ logger: Logger) {
        guard chmod(path, 0o660) != 0 else { return }
        logger.error("The mode of the socket cannot be changed to 0660", metadata: ["error": "\(failure())"])
    }

    private func failure() -> CommandFailure { CommandFailure(String(cString: strerror(errno))) }
}
