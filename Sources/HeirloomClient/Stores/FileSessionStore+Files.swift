import Foundation

extension FileSessionStore {
    /// Makes the folder of the file if it does not exist.
    func makeFolder() throws(SessionStoreError) {
        if access(folder, F_OK) == 0 { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SessionStoreError("the folder \(folder) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes a file of mode 0600 and syncs it. The holder of the lock is the only writer, so a file of this name is
    /// what a killed process left.
    func write(_ contents: [UInt8], to path: String) throws(SessionStoreError) {
        _ = unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
        var written = 0
        var problem: SessionStoreError?
        while written < contents.count, problem == nil {
            let count = contents.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, contents.count - written)
            }
            if count >= 0 { written += count } else if errno != EINTR { problem = failure("write", path) }
        }
        if problem == nil, !sync(descriptor) { problem = failure("sync", path) }
        if close(descriptor) != 0, problem == nil { problem = failure("close", path) }
        guard let problem else { return }
        _ = unlink(path)
        throw problem
    }

    /// Makes a rename or a removal durable.
    func syncFolder() throws(SessionStoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard sync(descriptor) else { throw failure("sync", folder) }
    }

    /// The error of the system call that has just failed.
    func failure(_ verb: StaticString, _ path: String) -> SessionStoreError {
        SessionStoreError("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    /// Runs a body on the queue of the store.
    func onQueue<Result: Sendable>(
        _ body: @escaping @Sendable () throws(SessionStoreError) -> Result
    ) async throws(SessionStoreError) -> Result {
        let result: Swift.Result<Result, SessionStoreError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(SessionStoreError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private var folder: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// `fsync` of Apple's systems does not empty the cache of the drive.
    private func sync(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }
}
