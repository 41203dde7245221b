import Dispatch
import GRDB
import Synchronization

/// Carries the write-ahead log back into the database on a connection and a thread of its own, so that no caller waits
/// for it.
///
/// A passive checkpoint goes on beside the writer. The log starts anew once a checkpoint has caught up with it; under a load
/// that never pauses it would never do so, so beyond `hardLimit` the writer itself takes the last small step.
final class Checkpointer: Sendable {
    /// In pages of the log.
    private let softLimit = 2000
    private let hardLimit = 16_000

    private struct State {
        var commits = 0
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

    /// Told by the writer after a commit that wrote about `pages` pages.
    ///
    /// - Returns: whether the writer has to finish a checkpoint itself.
    func committed(pages: Int) -> Bool {
        let (start, finish) = state.withLock { state in
            state.commits += pages
            let finish = state.mustFinish
            state.mustFinish = false
            guard state.commits >= softLimit, !state.isRunning, !state.isStopped else { return (false, finish) }
            state.isRunning = true
            state.commits = 0
            return (true, finish)
        }
        if start { thread.async { self.run() } }
        return finish
    }

    /// Carries back what there is, however little.
    func request() { _ = committed(pages: softLimit) }

    func stop() {
        state.withLock { $0.isStopped = true }
        thread.sync {}
        try? queue.close()
    }

    private func run() {
        // A failure here is no caller's: the log stays, and the next run tries again.
        let logged = try? queue.writeWithoutTransaction { database in
            let result = try database.checkpoint(.passive)
            return result.walFrameCount
        }
        state.withLock { state in
            state.isRunning = false
            if let logged, logged > hardLimit { state.mustFinish = true }
        }
    }
}
