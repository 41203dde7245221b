import Foundation
import GRDB
import SQLiteStore

/// A database file in a folder of its own, which is deleted with this object.
final class TemporaryDatabase: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("heirloom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("heirloom.sqlite").path }

    func open(migrate: Bool = true) throws -> SQLiteStore { try SQLiteStore(path: path, migrate: migrate) }

    /// Copies what a crash at this moment would leave: the file and its log.
    func crash(into copy: TemporaryDatabase) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
    }

    /// Runs SQL past the store.
    func run(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// The first pages of a table and of its indexes, counted from 1.
    func pages(of table: String) throws -> [Int] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read {
            try Int.fetchAll($0, sql: "SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?", arguments: [table])
        }
    }

    func tables() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        }
    }
}
