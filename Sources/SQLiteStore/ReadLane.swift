import Dispatch
import GRDB
import Synchronization
import TokenCore

/// Look-ups, gathered as the commit lane gathers writes: while one batch is being read the next queues up, and all of it
/// shares one thread hop and one read transaction. A batch begins after everything in it was asked, so a
/// look-up sees whatever was answered before.
final class ReadLane: Sendable {
    private struct State {
        var waiting: [Entry] = []
        var isDraining = false
    }

    private struct Entry: Sendable {
        /// Reads, and returns what tells the caller.
        let read: @Sendable (SQLiteRows) -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private let pool: DatabasePool
    private let queueLimit = 4096
    private let metrics = LookUpMetrics()
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "heirloom.read-lane", qos: .userInitiated)

    init(pool: DatabasePool) { self.pool = pool }

    /// - Throws: ``TokenCore/Unavailable``: at once when too many look-ups wait, or when the database fails.
    func read<Value: Sendable>(_ body: @escaping @Sendable (SQLiteRows) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let entry = Entry(
                read: { rows in
                    let result = Result { try body(rows) }.mapError { Unavailable.store($0) }
                    return { continuation.resume(with: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            switch enqueue(entry) {
            case .refused:
                metrics.refusedOne()
                continuation.resume(throwing: Unavailable.overloaded)
            case .mustStart: thread.async { self.drain() }
            case .waits: break
            }
        }
    }

    private enum Queued { case refused, mustStart, waits }

    private func enqueue(_ entry: Entry) -> Queued {
        state.withLock { state in
            guard state.waiting.count < queueLimit else { return .refused }
            state.waiting.append(entry)
            defer { state.isDraining = true }
            return state.isDraining ? .waits : .mustStart
        }
    }

    private func drain() {
        while let batch = nextBatch() {
            metrics.read(batch.count)
            do {
                let answers = try pool.read { database in
                    let rows = SQLiteRows(database: database)
                    return batch.map { $0.read(rows) }
                }
                // Together, so that those who wait are woken once.
                for answer in answers { answer() }
            } catch {
                // The transaction did not begin: `read` itself hands errors to its caller.
                for entry in batch { entry.fail(Unavailable.store(error)) }
            }
        }
    }

    private func nextBatch() -> [Entry]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            defer { state.waiting.removeAll(keepingCapacity: true) }
            return state.waiting
        }
    }
}
