import Dispatch
import GRDB
import Synchronization

/// Copies the write-ahead log into the database, on a connection and a thread of its own, so that no caller waits for
/// it.
///
/// A passive checkpoint runs beside the writer. The log is restarted only when a checkpoint has copied all of it, which
/// does not happen under constant load. When the log is longer than `hardLimit`, the writer finishes the checkpoint
/// itself, as soon as passive ones have left it little to copy.
final class Checkpointer: Sendable {
    /// In pages of the log.
    private let softLimit = 8000
    private let hardLimit = 32_000
    /// The writer copies so many pages itself, in a few milliseconds.
    private let finishablePages = 256
    /// The most passive checkpoints in a row. Each copies what was written during the one before: less each time.
    private let passiveLimit = 4

    private struct State {
        /// Pages written since the last checkpoint began.
        var pages = 0
        var isRunning = false
        var isStopped = false
        var mustFinish = false
    }

    private let queue: DatabaseQueue
    private let thread = DispatchQueue(label: "heirloom.checkpointer")
    private let state = Mutex(State())

    init(path: String, pool: DatabasePool) throws {
        var configuration = GRDB.Configuration()
        configuration.label = "heirloom.checkpointer"
        configuration.busyMode = .timeout(5)
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
    }

    /// Counts a commit that wrote about `pages` pages, and starts a checkpoint when it is due.
    ///
    /// - Returns: whether the writer must finish a checkpoint itself.
    func committed(pages: Int) -> Bool {
        let (start, finish) = state.withLock { state in
            state.pages += pages
            let finish = state.mustFinish
            state.mustFinish = false
            guard state.pages >= softLimit, !state.isRunning, !state.isStopped else { return (false, finish) }
            state.isRunning = true
            state.pages = 0
            return (true, finish)
        }
        if start { thread.async { self.run() } }
        return finish
    }

    /// Starts a checkpoint, however short the log is.
    func request() { _ = committed(pages: softLimit) }

    /// Waits for a checkpoint that is running, and closes the connection.
    func stop() {
        state.withLock { $0.isStopped = true }
        thread.sync {}
        try? queue.close()
    }

    private func run() {
        // A failure concerns no caller: the log stays, and the next run tries again.
        let logged = try? queue.writeWithoutTransaction { database in
            var result = try database.checkpoint(.passive)
            for _ in 1..<passiveLimit where result.walFrameCount > hardLimit {
                guard result.walFrameCount - result.checkpointedFrameCount > finishablePages else { break }
                result = try database.checkpoint(.passive)
            }
            return result.walFrameCount
        }
        state.withLock { state in
            state.isRunning = false
            if let logged, logged > hardLimit { state.mustFinish = true }
        }
    }
}
