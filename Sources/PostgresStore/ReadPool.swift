import Dispatch
import Libpq
import StoreRows
import Synchronization
import TokenCore

/// Runs look-ups in batches on a few connections. Those that wait while the connections are busy share one round trip.
/// A look-up is sent after it was submitted, so that it sees what any node has committed before.
final class ReadPool: Sendable {
    private struct Entry: Sendable {
        let statement: Statement
        let finish: @Sendable (Result<PostgresResult, any Error>) -> Void
    }

    /// A thread with a connection of its own.
    private struct Worker {
        /// When it took its batch; nil while it is idle.
        var busySince: ContinuousClock.Instant?
        var isConnected = false
    }

    /// As many workers are busy as drains are under way.
    private struct State {
        var queue: BatchQueue<Entry>
        var workers: [Worker]

        var idleAndConnected: Int? { workers.firstIndex { $0.busySince == nil && $0.isConnected } }

        var idle: Int? { idleAndConnected ?? workers.firstIndex { $0.busySince == nil } }
    }

    /// The only rows that are written here count login attempts. Such a write does not wait for a disk or a standby,
    /// and does not wait for a lock so long that the look-ups beside it fail.
    private static let settings = """
        SELECT set_config('synchronous_commit', 'off', false), set_config('lock_timeout', '500ms', false)
        """

    private let source: ConnectionSource
    private let timeout = Duration.seconds(2)
    private let threads: [DispatchQueue]
    /// One for each thread, which alone uses it.
    private let connections: Mutex<[(connection: PostgresConnection, epoch: Int)?]>
    private let state: Mutex<State>
    private let metrics = LookUpMetrics()

    /// - Parameter count: how many connections there may be.
    init(_ source: ConnectionSource, connections count: Int) {
        self.source = source
        threads = (0..<count).map { DispatchQueue(label: "heirloom.reader-\($0)", qos: .userInitiated) }
        connections = Mutex(Array(repeating: nil, count: count))
        state = Mutex(
            State(
                queue: BatchQueue(limit: 4096, batchLimit: 128, drainLimit: count),
                workers: Array(repeating: Worker(), count: count)))
    }

    /// - Throws: ``TokenCore/Unavailable``: at once when too many look-ups wait or the database does not answer.
    func run<Value: Sendable>(
        _ statement: Statement, _ decode: @escaping @Sendable (PostgresColumns) throws -> Value
    ) async throws -> [Value] {
        try await withCheckedThrowingContinuation { continuation in
            add(
                Entry(statement: statement) { result in
                    continuation.resume(
                        with: result.flatMap { rows in Result { try rows.map(decode) } }
                            .mapError { $0 is Unavailable ? $0 : Unavailable.store($0) })
                })
        }
    }
}

// MARK: - Batches

extension ReadPool {
    private func add(_ entry: Entry) {
        do {
            if let index = try worker(toStartFor: entry) { threads[index].async { self.drain(index) } }
        } catch {
            metrics.refusedOne()
            entry.finish(.failure(error))
        }
    }

    /// Queues an entry.
    ///
    /// - Returns: the worker that must start a drain.
    private func worker(toStartFor entry: Entry) throws -> Int? {
        try state.withLock { state in
            let idle = state.idle
            // All workers are busy, and even the batch that started last takes too long.
            if idle == nil, let latest = state.workers.compactMap(\.busySince).max(), .now - latest > timeout {
                throw Unavailable.stalled
            }
            switch state.queue.add(entry) {
            case .refused: throw Unavailable.overloaded
            case .waits: return nil
            case .startsDrain:
                if let idle { state.workers[idle].busySince = .now }
                return idle
            }
        }
    }

    private func drain(_ index: Int) {
        while let batch = nextBatch(index) {
            do {
                try serve(batch, index)
            } catch {
                if case PostgresFailure.unreachable = error, handOver(batch, from: index) { return }
                for entry in batch { entry.finish(.failure(error)) }
            }
        }
    }

    private func nextBatch(_ index: Int) -> [Entry]? {
        state.withLock { state in
            let batch = state.queue.nextBatch()
            state.workers[index].busySince = batch == nil ? nil : .now
            return batch
        }
    }

    /// Leaves the batch of a worker that cannot connect to the workers that are connected.
    ///
    /// - Returns: false when none is connected.
    private func handOver(_ batch: [Entry], from index: Int) -> Bool {
        let (isTaken, successor) = state.withLock { state -> (Bool, Int?) in
            guard state.workers.contains(where: \.isConnected) else { return (false, nil) }
            state.workers[index].busySince = nil
            let successor = state.idleAndConnected
            if let successor { state.workers[successor].busySince = .now }
            state.queue.putBack(batch, endingDrain: successor == nil)
            return (true, successor)
        }
        if let successor { threads[successor].async { self.drain(successor) } }
        return isTaken
    }
}

// MARK: - Connections

extension ReadPool {
    private func serve(_ batch: [Entry], _ index: Int) throws {
        let results = try results(of: batch.map(\.statement), index)
        state.withLock { $0.workers[index].isConnected = true }
        metrics.read(batch.count)
        for (entry, result) in zip(batch, results) { entry.finish(result.mapError { $0 }) }
    }

    /// Tries once more on a new connection when the kept one is lost. So a statement may run twice: a look-up changes
    /// nothing, and a login attempt that is counted twice is acceptable.
    private func results(of statements: [Statement], _ index: Int) throws -> [Result<PostgresResult, PostgresFailure>] {
        let deadline = ContinuousClock.now + timeout
        let epoch = source.epoch
        let kept = connections.withLock { connections in
            defer { connections[index] = nil }
            return connections[index]
        }
        if let kept, kept.epoch == epoch {
            if let results = try? run(statements, on: kept.connection, until: deadline) {
                connections.withLock { $0[index] = kept }
                return results
            }
            if ContinuousClock.now >= deadline { throw PostgresFailure.lost("the server does not answer") }
        }
        state.withLock { $0.workers[index].isConnected = false }
        let fresh = try source.connect()
        _ = try fresh.run([Statement(ReadPool.settings)], until: deadline)
        let results = try run(statements, on: fresh, until: deadline)
        connections.withLock { $0[index] = (fresh, epoch) }
        return results
    }

    /// - Throws: ``Libpq/PostgresFailure`` when the connection cannot be used any more.
    private func run(
        _ statements: [Statement], on connection: PostgresConnection, until deadline: ContinuousClock.Instant
    ) throws -> [Result<PostgresResult, PostgresFailure>] {
        let results = try connection.runEach(statements, until: deadline)
        for case .failure(let failure) in results where failure.isOfConnection { throw failure }
        return results
    }
}
