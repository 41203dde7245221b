import Dispatch
import Synchronization
import TokenCore

/// Look-ups, gathered as the commit lane gathers writes: what queues up while a connection is busy goes down it together, in one
/// round trip. A look-up is sent after it was asked, so it sees whatever was answered before, by any node.
final class ReadPool: Sendable {
    private struct Entry: Sendable {
        let statement: Statement
        let finish: @Sendable (Result<PostgresResult, any Error>) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        var workers: [Worker]

        /// Who rests, rather one that has a connection.
        var idle: Int? {
            workers.firstIndex { $0.busySince == nil && $0.isConnected } ?? workers.firstIndex { $0.busySince == nil }
        }
    }

    private struct Worker {
        /// When it began what it does; nil while it rests.
        var busySince: ContinuousClock.Instant?
        var isConnected = false
    }

    /// The one thing that is written here, how often somebody has tried to log in, is worth no wait for a disk or a standby, and none
    /// that lets the look-ups beside it fail.
    private static let settings = """
        SELECT set_config('synchronous_commit', 'off', false), set_config('lock_timeout', '500ms', false)
        """

    private let source: ConnectionSource
    private let queueLimit = 4096
    private let batchLimit = 128
    private let timeout = Duration.seconds(2)
    private let threads: [DispatchQueue]
    /// One for each thread, and touched by no other.
    private let connections: Mutex<[(connection: PostgresConnection, epoch: Int)?]>
    private let state: Mutex<State>
    private let metrics = LookUpMetrics()

    init(_ source: ConnectionSource, connections count: Int) {
        self.source = source
        threads = (0..<count).map { DispatchQueue(label: "heirloom.reader-\($0)", qos: .userInitiated) }
        connections = Mutex(Array(repeating: nil, count: count))
        state = Mutex(State(workers: Array(repeating: Worker(), count: count)))
    }

    /// - Throws: ``TokenCore/Unavailable``: at once when too many look-ups wait or the database does not answer.
    func read<Value: Sendable>(
        _ statement: Statement, _ decode: @escaping @Sendable (Columns) throws -> Value
    ) async throws -> [Value] {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Entry(statement: statement) { result in
                    continuation.resume(
                        with: result.flatMap { rows in Result { try rows.map(decode) } }
                            .mapError { $0 is Unavailable ? $0 : Unavailable.store($0) })
                })
        }
    }

    private enum Queued { case refused(Unavailable), start(Int), waits }

    private func enqueue(_ entry: Entry) {
        let queued: Queued = state.withLock { state in
            guard state.waiting.count < queueLimit else { return .refused(.overloaded) }
            if let index = state.idle {
                state.waiting.append(entry)
                state.workers[index].busySince = .now
                return .start(index)
            }
            // All are busy, the one that began last for too long.
            if let latest = state.workers.compactMap(\.busySince).max(), .now - latest > timeout {
                return .refused(.stalled)
            }
            state.waiting.append(entry)
            return .waits
        }
        switch queued {
        case .refused(let reason):
            metrics.refusedOne()
            entry.finish(.failure(reason))
        case .start(let index): threads[index].async { self.drain(index) }
        case .waits: break
        }
    }

    private func drain(_ index: Int) {
        while let batch = nextBatch(index) {
            do {
                try serve(batch, index)
            } catch {
                if case PostgresFailure.unreachable = error, handOver(batch, index) { return }
                for entry in batch { entry.finish(.failure(error)) }
            }
        }
    }

    /// Leaves what this one has taken, which gets no connection, to those who have one.
    ///
    /// - Returns: false when nobody has.
    private func handOver(_ batch: [Entry], _ index: Int) -> Bool {
        let (isTaken, successor) = state.withLock { state -> (Bool, Int?) in
            guard state.workers.contains(where: \.isConnected) else { return (false, nil) }
            state.waiting.insert(contentsOf: batch, at: 0)
            state.workers[index].busySince = nil
            let successor = state.workers.firstIndex { $0.busySince == nil && $0.isConnected }
            if let successor { state.workers[successor].busySince = .now }
            return (true, successor)
        }
        if let successor { threads[successor].async { self.drain(successor) } }
        return isTaken
    }

    private func nextBatch(_ index: Int) -> [Entry]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.workers[index].busySince = nil
                return nil
            }
            state.workers[index].busySince = .now
            defer { state.waiting.removeFirst(min(batchLimit, state.waiting.count)) }
            return Array(state.waiting.prefix(batchLimit))
        }
    }

    private func serve(_ batch: [Entry], _ index: Int) throws {
        let answers = try results(of: batch.map(\.statement), index)
        state.withLock { $0.workers[index].isConnected = true }
        metrics.read(batch.count)
        for (entry, result) in zip(batch, answers) { entry.finish(result.mapError { $0 }) }
    }

    /// A connection that has rested may have gone: then once more on a fresh one. A look-up changes nothing.
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

    /// - Throws: when the connection is of no more use.
    private func run(
        _ statements: [Statement], on connection: PostgresConnection, until deadline: ContinuousClock.Instant
    ) throws -> [Result<PostgresResult, PostgresFailure>] {
        let results = try connection.runEach(statements, until: deadline)
        for case .failure(let failure) in results where failure.isOfConnection { throw failure }
        return results
    }
}
