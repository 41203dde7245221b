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
}
