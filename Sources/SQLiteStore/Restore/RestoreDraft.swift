import Foundation
import GRDB
package import TokenCore

/// A copy of a backup that is checked and made ready beside the database, and then takes its place.
///
/// Until ``replace()`` the database and the backup stay as they are.
package struct RestoreDraft {
    /// What the copy gets from the database that it replaces.
    package struct Inheritance: Sendable {
        /// Whether the replaced database could be read.
        package var isComplete: Bool
        /// Logouts, revocations and similar changes that the copy does not have, the oldest first.
        package var undone: [EventRecord]
    }

    /// The path of the database that the copy replaces.
    package let database: String
    /// The path of the copy.
    package let path: String

    /// The numbers by which the feed goes on when the newest one of the replaced database is unknown.
    static let unknownFeedGap = 1_000_000_000

    /// Copies `file`, with a write-ahead log beside it, and checks the copy.
    ///
    /// - Throws: ``RestoreFailure``, or ``SQLiteStore/FileFailure`` when the copy cannot be made.
    package init(of file: String, for database: String) throws {
        self.database = database
        path = database + ".restore"
        try SQLiteStore.requireUnused(database)
        guard !RestoreDraft.isSameFile(file, database) else {
            throw RestoreFailure.unusable(path: file, reason: "it is the database itself")
        }
        discard()
        do {
            try RestoreDraft.copy(file, to: path)
            if FileManager.default.fileExists(atPath: file + "-wal") {
                try RestoreDraft.copy(file + "-wal", to: path + "-wal")
            }
        } catch {
            discard()
            if error is SQLiteStore.FileFailure { throw error }
            throw RestoreFailure.unreadable(path: file, reason: error.localizedDescription)
        }
        do {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            let defects = try queue.read { database in
                guard try database.tableExists("schema_migrations") else { return ["it is no database of Heirloom"] }
                return try String.fetchAll(database, sql: "PRAGMA integrity_check(1)").filter { $0 != "ok" }
            }
            if let defect = defects.first { throw RestoreFailure.unusable(path: file, reason: defect) }
        } catch {
            discard()
            throw error as? RestoreFailure ?? RestoreFailure.unusable(path: file, reason: "\(error)")
        }
    }

    /// Removes the copy. Does nothing after ``replace()``.
    package func discard() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Puts the copy in the place of the database, which is kept under another name.
    ///
    /// - Returns: the path of the replaced database; nil when there was none.
    /// - Throws: ``RestoreFailure``
    package func replace(at now: Timestamp) throws -> String? {
        try SQLiteStore.requireUnused(database)
        let time = now.description.filter { $0 != ":" && $0 != "-" }
        let kept = "\(database).replaced-\(time)"
        let wasThere = FileManager.default.fileExists(atPath: database)
        // A log without its database harms nothing; a database with a foreign log is damaged.
        for suffix in ["-wal", "-journal", ""] { try move(database + suffix, to: kept + suffix) }
        unlink(database + "-shm")
        try move(path, to: database)
        RestoreDraft.sync((database as NSString).deletingLastPathComponent)
        return wasThere ? kept : nil
    }

    private func move(_ old: String, to new: String) throws {
        guard rename(old, new) != 0, errno != ENOENT else { return }
        throw RestoreFailure.notReplaced(path: database, reason: String(cString: strerror(errno)))
    }

    private static func copy(_ file: String, to copy: String) throws {
        try SQLiteStore.createPrivate(copy, isNew: true)
        let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        let target = try FileHandle(forWritingTo: URL(fileURLWithPath: copy))
        while let bytes = try source.read(upToCount: 1 << 20), !bytes.isEmpty { try target.write(contentsOf: bytes) }
        try source.close()
        try target.close()
    }

    private static func isSameFile(_ left: String, _ right: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard stat(left, &first) == 0, stat(right, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
