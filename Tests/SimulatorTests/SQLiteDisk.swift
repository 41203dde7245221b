import Foundation
import GRDB
import SQLiteStore
import Simulator
import Synchronization
import TokenCore
import TokenTesting

/// A file for ``SQLiteStore/SQLiteStore``. A crash leaves the file and its log as they are at that moment, or the log
/// without its end.
final class SQLiteDisk: SimulatedDisk {
    private struct State {
        var store: SQLiteStore?
        /// The number of crashes and restores so far. Each life of the process has a folder of its own.
        var life = 0
        /// The log as it was before the last transaction.
        var marked = Data()
    }

    private let folder: URL
    private let state = Mutex(State())

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "heirloom-simulator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder(of: 0), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func open() throws -> any Store {
        try state.withLock { state in
            let store = try SQLiteStore(path: file(of: state.life), readers: 1)
            state.store = store
            return store
        }
    }

    func mark() { state.withLock { $0.marked = log(of: file(of: $0.life)) } }

    func crash(losingLast: Bool) throws {
        try state.withLock { state in
            let (old, new) = (file(of: state.life), file(of: state.life + 1))
            try FileManager.default.createDirectory(
                at: folder(of: state.life + 1), withIntermediateDirectories: true)
            for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: old + suffix) {
                try FileManager.default.copyItem(atPath: old + suffix, toPath: new + suffix)
            }
            if losingLast {
                try torn(log(of: old), from: state.marked, at: state.life * 37 % 100)
                    .write(to: URL(filePath: new + "-wal"))
            }
            try state.store?.close()
            try FileManager.default.removeItem(at: folder(of: state.life))
            state.store = nil
            state.life += 1
        }
    }

    func close() throws {
        try state.withLock { state in
            try state.store?.close()
            state.store = nil
        }
    }

    func backup() throws {
        try? FileManager.default.removeItem(atPath: copy)
        try state.withLock { try $0.store?.backup(to: copy) }
    }

    func restore() throws {
        try state.withLock { state in
            state.life += 1
            try FileManager.default.createDirectory(at: folder(of: state.life), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: copy, toPath: file(of: state.life))
        }
    }

    func maximumTokenRows() throws -> Int {
        let path = state.withLock { file(of: $0.life) }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            let sql = "SELECT count(*) FROM refresh_tokens GROUP BY session_id ORDER BY 1 DESC LIMIT 1"
            return try Int.fetchOne(database, sql: sql) ?? 0
        }
    }

    private var copy: String { folder.appending(path: "backup.sqlite").path }

    private func folder(of life: Int) -> URL { folder.appending(path: "life-\(life)") }

    private func file(of life: Int) -> String { folder(of: life).appending(path: "heirloom.sqlite").path }

    private func log(of path: String) -> Data {
        (try? Data(contentsOf: URL(filePath: path + "-wal"))) ?? Data()
    }

    /// The log with only `percent` of what the last transaction wrote, so that its commit frame is incomplete.
    private func torn(_ log: Data, from marked: Data, at percent: Int) -> Data {
        let length = max(log.count, marked.count)
        func differs(_ index: Int) -> Bool {
            index >= log.count || index >= marked.count || log[index] != marked[index]
        }
        guard let first = (0..<length).first(where: differs), let last = (0..<length).last(where: differs) else {
            return log
        }
        let cut = first + (last + 1 - first) * percent / 100
        return log.prefix(cut) + marked.dropFirst(cut)
    }
}
