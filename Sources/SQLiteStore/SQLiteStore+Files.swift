import Foundation
import GRDB

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

    /// Whether the file is missing or has no schema. Its write-ahead log counts.
    ///
    /// - Throws: ``DamagedFile``, or an error of GRDB.
    package static func isEmpty(_ path: String) throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return true }
        disableMemoryStatistics
        return try naming(path) {
            var configuration = GRDB.Configuration()
            // The last connection that may write would copy the log into the file when it closes.
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { try !$0.tableExists("schema_migrations") }
        }
    }

    /// What is wrong with the file; nil when nothing is. Reads it with a connection of its own, past all caches. Of a
    /// file beyond `limit` bytes it reads the first page and the schema only, because the writer waits at a checkpoint
    /// for a read that takes long.
    package func damage(limit: Int) -> String? {
        do {
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { database in
                guard try database.tableExists("schema_migrations") else { return "the schema is missing" }
                guard size.database <= limit else { return nil }
                return try String.fetchOne(database, sql: "PRAGMA quick_check(1)").flatMap { $0 == "ok" ? nil : $0 }
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// The bytes of the database file and of its write-ahead log.
    package var size: (database: Int, log: Int) {
        func bytes(_ path: String) -> Int {
            var status = stat()
            return stat(path, &status) == 0 ? Int(status.st_size) : 0
        }
        return (bytes(path), bytes(path + "-wal"))
    }

    /// Names the file in an error that says that the file is damaged.
    static func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw naming(path, error) }
    }

    /// The error, or ``DamagedFile`` for one that says so.
    static func naming(_ path: String, _ error: any Error) -> any Error {
        guard let error = error as? DatabaseError,
            error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        else { return error }
        return DamagedFile(path: path, reason: error.message ?? "\(error)")
    }

    /// The database file is truncated, overwritten or no database.
    package struct DamagedFile: Error, CustomStringConvertible {
        /// The path of the file.
        package let path: String
        /// SQLite's message.
        package let reason: String
        package var description: String {
            "the database file \(path) is damaged: \(reason). Restore a backup with: heirloom restore FILE"
        }
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
