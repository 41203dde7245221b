import Dispatch
import GRDB
import StoreRows
import Synchronization
import TokenCore

/// Runs look-ups in batches. Those that are submitted while a batch is being read share the next one: one thread and
/// one read transaction. A batch starts after its look-ups were submitted, so that they see what was committed before.
final class ReadLane: Sendable {
    private struct Entry: Sendable {
        /// Reads, and returns what resumes the caller.
        let read: @Sendable (SQLiteRows) -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private let pool: DatabasePool
    private let metrics: LookUpMetrics
    private let queue = Mutex(BatchQueue<Entry>(limit: 4096))
    private let thread = DispatchQueue(label: "heirloom.read-lane", qos: .userInitiated)

    init(pool: DatabasePool, metrics: LookUpMetrics) {
        self.pool = pool
        self.metrics = metrics
    }

    /// - Throws: ``TokenCore/Unavailable``: at once when too many look-ups wait, or when the database fails.
    func read<Value: Sendable>(_ body: @escaping @Sendable (SQLiteRows) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let entry = Entry(
                read: { [path = pool.path] rows in
                    let result = Result { try body(rows) }
                        .mapError { Unavailable.store(SQLiteStore.naming(path, $0)) }
                    return { continuation.resume(with: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            switch queue.withLock({ $0.add(entry) }) {
            case .refused:
                metrics.refusedOne()
                continuation.resume(throwing: Unavailable.overloaded)
            case .startsDrain: thread.async { self.drain() }
            case .waits: break
            }
        }
    }

    private func drain() {
        var batch = nextBatch()
        while batch != nil {
            do {
                // Batches that follow each other share a connection, because to get one costs more than a look-up.
                try pool.unsafeRead { database in
                    while let entries = batch {
                        metrics.read(entries.count)
                        let answers = try database.transaction("BEGIN") {
                            let rows = SQLiteRows(database, isForLookUps: true)
                            return entries.map { $0.read(rows) }
                        }
                        // After all reads, so that the callers are resumed together.
                        for answer in answers { answer() }
                        batch = nextBatch()
                    }
                }
            } catch {
                // The failure of one look-up is its own result. This is one of the transaction.
                let failure = Unavailable.store(SQLiteStore.naming(pool.path, error))
                for entry in batch ?? [] { entry.fail(failure) }
                batch = nextBatch()
            }
        }
    }

    private func nextBatch() -> [Entry]? { queue.withLock { $0.nextBatch() } }
}
