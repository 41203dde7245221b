import Foundation

extension SQLiteStore {
    /// Refuses a database that another process has open. In WAL mode each connection holds a shared lock on the file.
    ///
    /// - Throws: ``RestoreFailure/inUse(path:process:)``
    static func requireUnused(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { Foundation.close(descriptor) }
        // SQLite's pending byte, reserved byte and shared range ("File Locking And Concurrency In SQLite Version 3").
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0000
        lock.l_len = 512
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return }
        throw RestoreFailure.inUse(path: path, process: lock.l_pid > 0 ? lock.l_pid : nil)
    }
}
