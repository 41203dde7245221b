import Foundation
import SQLiteStore

/// A database file in a folder of its own.
final class TemporaryDatabase: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("heirloom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("heirloom.sqlite").path }

    func open() throws -> SQLiteStore { try SQLiteStore(path: path) }

    /// Puts into `copy` what a crash at this moment would leave: the file and its log, with nobody having closed them.
    func crash(into copy: TemporaryDatabase) throws {
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
        }
    }
}
