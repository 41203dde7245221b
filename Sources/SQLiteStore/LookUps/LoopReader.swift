import GRDB
import NIOCore
import StoreRows

/// The look-ups of one event loop, on a connection of its own. Only the loop's thread uses it.
///
/// The look-ups of one turn of the loop share a read transaction, which a commit of this process ends early. Sessions
/// and clients that were read are kept until something is committed: the requests of one user come in bursts.
final class LoopReader: @unchecked Sendable {
    let loop: any EventLoop
    private let path: String
    private let cacheKiB: Int
    private let metrics: LookUpMetrics

    private var connection: (queue: DatabaseQueue, rows: SQLiteRows)?
    private var isClosed = false
    private var pace = ReadPace()
    /// How many commits of this process came before the transaction; nil without a transaction.
    private var commitsBefore: Int?
    /// SQLite's number of the snapshot that was read last. Another one has another number.
    private var snapshot = 0
    /// How many look-ups this turn had.
    private var count = 0

    init(_ loop: any EventLoop, path: String, cacheKiB: Int, metrics: LookUpMetrics) {
        self.loop = loop
        self.path = path
        self.cacheKiB = cacheKiB
        self.metrics = metrics
    }

    /// - Parameter commits: how many commits of this process the look-up must see.
    /// - Returns: nil when it is left to the lane, because it fails or because look-ups have been slow.
    func read<Value>(after commits: Int, _ body: (SQLiteRows) throws -> Value) -> Value? {
        let start = NIODeadline.now()
        guard !isClosed, pace.permits(at: start) else { return nil }
        do {
            let (queue, rows) = try connection ?? open()
            let value = try queue.unsafeRead { database in
                if commits != commitsBefore { try begin(after: commits, in: database, rows) }
                return try body(rows)
            }
            if count == 0 { loop.execute { self.endTurn() } }
            count += 1
            pace.took(from: start, to: .now())
            return value
        } catch {
            pace.failed(at: .now())
            endTurn()
            return nil
        }
    }

    private func open() throws -> (queue: DatabaseQueue, rows: SQLiteRows) {
        var configuration = GRDB.Configuration()
        configuration.label = "heirloom.loop-reader"
        configuration.readonly = true
        configuration.busyMode = .immediateError
        // A transaction stays open while the loop does other things.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { [cacheKiB] in try $0.execute(sql: "PRAGMA cache_size = -\(cacheKiB)") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let opened = (queue, queue.unsafeRead { SQLiteRows($0, isForLookUps: true) })
        connection = opened
        return opened
    }

    private func begin(after commits: Int, in database: Database, _ rows: SQLiteRows) throws {
        if database.isInsideTransaction { try database.run("COMMIT") }
        try database.run("BEGIN")
        commitsBefore = commits
        let current = try database.run("PRAGMA data_version") { $0.integer(0) }.first
        if current != snapshot { rows.forget() }
        snapshot = current ?? 0
    }

    private func endTurn() {
        if count > 0 { metrics.read(count) }
        count = 0
        commitsBefore = nil
        try? connection?.queue.unsafeRead { if $0.isInsideTransaction { try $0.run("COMMIT") } }
    }

    func close() {
        isClosed = true
        endTurn()
        let queue = connection?.queue
        connection = nil
        try? queue?.close()
    }
}
