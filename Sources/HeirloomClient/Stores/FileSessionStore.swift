import Dispatch
import Foundation

/// Keeps a session in a file that several processes may share.
///
/// The file has mode 0600. It is replaced by a rename after the new contents are on disk, so a process that is killed
/// at any point leaves the old or the new session. The lock is an advisory lock (`flock`) on a second file,
/// `PATH.lock`, which is never removed; the system releases it when its process ends. The folder must be on a file
/// system of this machine.
public struct FileSessionStore: SessionStore {
    /// The largest session that is read, in bytes.
    private static let maximumBytes = 1 << 17

    let path: String
    private let patience: Duration
    /// Files are read and written here, because that blocks a thread.
    let queue = DispatchQueue(label: "heirloom.client.store")

    /// Makes a store for a file. Neither the file nor its folder needs to exist; a missing folder is made with mode
    /// 0700.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - patience: how long ``withLock(_:)`` waits for another process. A refresh holds the lock for as long as its
    ///     requests last.
    public init(path: String, patience: Duration = .seconds(180)) {
        self.path = path
        self.patience = patience
    }

    /// Runs a body while no other holder of the file runs one, in this process and in others.
    ///
    /// - Throws: ``SessionStoreError`` if the lock file cannot be opened, or if the lock is not free in time.
    @discardableResult
    public func withLock<Result: Sendable>(
        _ body: @escaping @Sendable () async -> Result
    ) async throws(SessionStoreError) -> Result {
        let descriptor = try await onQueue { () throws(SessionStoreError) in
            try makeFolder()
            let descriptor = open(path + ".lock", O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw failure("open", path + ".lock") }
            return descriptor
        }
        // Closing the descriptor releases the lock.
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(2)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw failure("lock", path + ".lock") }
            guard ContinuousClock.now < deadline else {
                throw SessionStoreError("\(path).lock is locked by another process for more than \(patience)")
            }
            // The wait does not end when the task is cancelled: others share the operation that needs the lock.
            await withCheckedContinuation { continuation in
                queue.asyncAfter(deadline: .now() + .microseconds(Int(pause / .microseconds(1)))) {
                    continuation.resume()
                }
            }
            pause = min(pause * 2, .milliseconds(50))
        }
        return await body()
    }

    /// Returns the contents of the file; nil if there is none.
    ///
    /// - Throws: ``SessionStoreError`` if it cannot be read or is too large to be a session.
    public func load() async throws(SessionStoreError) -> [UInt8]? {
        try await onQueue { () throws(SessionStoreError) in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno == ENOENT { return nil }
                throw failure("open", path)
            }
            defer { close(descriptor) }
            var contents: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw failure("read", path) }
                guard count > 0 else { return contents }
                contents.append(contentsOf: buffer[..<count])
                guard contents.count <= FileSessionStore.maximumBytes else {
                    throw SessionStoreError("\(path) is too large to be a session")
                }
            }
        }
    }

    /// Replaces the file and returns after its contents and its name are on disk.
    ///
    /// - Throws: ``SessionStoreError`` if a step fails, for example because the disk is full.
    public func save(_ session: [UInt8]) async throws(SessionStoreError) {
        try await onQueue { () throws(SessionStoreError) in
            try write(session, to: path + ".new")
            guard rename(path + ".new", path) == 0 else { throw failure("rename", path + ".new") }
            try syncFolder()
        }
    }

    /// Removes the file and returns after that is on disk.
    ///
    /// - Throws: ``SessionStoreError`` if a step fails.
    public func remove() async throws(SessionStoreError) {
        try await onQueue { () throws(SessionStoreError) in
            guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
            try syncFolder()
        }
    }
}
