import Dispatch
import Synchronization
package import TokenCore

/// Group commit: the one way to a write.
///
/// While one batch is being fsynced the next one gathers. A batch is one transaction and shares one fsync. Each caller
/// gets its outcome after the commit. When the queue is full, or a transaction takes too long, a command is refused at
/// once; nothing was consumed, and the client tries again.
package final class CommitLane: Sendable {
    private struct State {
        var queue: BatchQueue<any Submitted>
        var isClosed = false
        var batchStarted: ContinuousClock.Instant?
    }

    /// One run of a batch inside a transaction.
    private struct Run {
        var answers: [@Sendable () -> Void] = []
        /// The index of the command that is being applied: it fails if the body throws.
        var applying: Int?
        var events: [EventRecord] = []
        var unrecordedEvents: [EventRecord.Kind] = []
        var hasRevocations = false
    }

    private let store: any Store
    private let rules: SessionRules
    private let clock: Clock
    private let stallLimit: Duration
    private let notifier: RevocationNotifier
    private let observe: @Sendable (EventRecord) -> Void
    private let metrics = LaneMetrics()
    private let state: Mutex<State>
    private let thread = DispatchQueue(label: "heirloom.commit-lane", qos: .userInitiated)

    /// - Parameters:
    ///   - notifier: notified after each commit that appended to the revocation feed.
    ///   - observe: called with each event of the audit trail that is on disk; must not block.
    ///   - queueLimit: how many commands may wait; one more is refused.
    ///   - batchLimit: how many commands may share a transaction.
    ///   - stallLimit: how long one transaction may take before further commands are refused at once.
    package init(
        store: any Store, rules: SessionRules, clock: @escaping Clock,
        notifier: RevocationNotifier = RevocationNotifier(),
        observe: @escaping @Sendable (EventRecord) -> Void = { _ in }, queueLimit: Int = 2048, batchLimit: Int = 512,
        stallLimit: Duration = .seconds(2)
    ) {
        self.store = store
        self.rules = rules
        self.clock = clock
        self.notifier = notifier
        self.observe = observe
        self.stallLimit = stallLimit
        state = Mutex(State(queue: BatchQueue(limit: queueLimit, batchLimit: batchLimit)))
    }

    /// Applies `command` and returns its outcome when it is on disk.
    ///
    /// - Throws: ``TokenCore/Unavailable`` when the queue is full, the lane is closed or stalled, or the store failed.
    package func submit<C: Command>(_ command: C) async throws -> C.Outcome {
        let administrator = Administrator.current
        return try await withCheckedThrowingContinuation { continuation in
            let entry = Submission(command, by: administrator, continuation)
            do {
                if try add(entry) { thread.async { self.drain() } }
            } catch {
                metrics.refusedOne()
                continuation.resume(throwing: error)
            }
        }
    }

    /// Refuses every command from now on. Those that wait are still committed.
    package func close() { state.withLock { $0.isClosed = true } }

    /// How many commands wait.
    package var depth: Int { state.withLock { $0.queue.count } }

    /// - Returns: whether a drain must start.
    private func add(_ entry: any Submitted) throws -> Bool {
        try state.withLock { state in
            if state.isClosed { throw Unavailable.shuttingDown }
            if let started = state.batchStarted, .now - started > stallLimit { throw Unavailable.stalled }
            switch state.queue.add(entry) {
            case .refused: throw Unavailable.overloaded
            case .startsDrain: return true
            case .waits: return false
            }
        }
    }

    private func drain() {
        while let batch = nextBatch() { commit(batch) }
    }

    private func nextBatch() -> [any Submitted]? {
        state.withLock { state in
            let batch = state.queue.nextBatch()
            state.batchStarted = batch == nil ? nil : .now
            return batch
        }
    }

    /// Commits a batch. Commands that the store fails on, because a row of theirs cannot be read or is in use, fail
    /// alone, and the others run again. When the transaction as a whole fails, all do.
    private func commit(_ batch: [any Submitted]) {
        var batch = batch
        while !batch.isEmpty {
            var run = Run()
            let start = ContinuousClock.now
            do {
                try store.commit(prefetching: keys(of: batch[...])) { rows in
                    // The store may run this again. What a command did before is forgotten, its failure too.
                    run = Run()
                    return try apply(batch, to: rows, &run)
                }
                metrics.committed(
                    batch.count, in: .now - start, events: run.events.map(\.kind), unrecorded: run.unrecordedEvents)
                for event in run.events { observe(event) }
                if run.hasRevocations { notifier.notify() }
                for answer in run.answers { answer() }
                return
            } catch {
                let failed = failures(of: error, in: batch, applying: run.applying)
                metrics.failed(failed.count)
                for index in failed { batch[index].fail(Unavailable(error)) }
                for index in failed.reversed() { batch.remove(at: index) }
            }
        }
    }

    private func apply(_ batch: [any Submitted], to rows: any Rows, _ run: inout Run) throws -> WriteSet {
        var transaction = Transaction(rows: rows, rules: rules, now: clock())
        try batch.indices.forEachJoiningMissingRows { index in
            run.applying = index
            run.answers.append(try batch[index].apply(to: &transaction))
        }
        run.applying = nil
        run.events = transaction.writeSet.events
        run.unrecordedEvents = transaction.writeSet.unrecordedEvents
        run.hasRevocations = !transaction.writeSet.revocations.isEmpty
        return transaction.writeSet
    }

    /// The commands that fail with an error; all of them when the error cannot be attributed.
    private func failures(of error: any Error, in batch: [any Submitted], applying: Int?) -> [Int] {
        let blamed: [Int]
        if let inUse = error as? RowsInUse {
            blamed = batch.indices.filter { inUse.concerns(keys(of: batch[$0...$0])) }
        } else if let applying, !(error is TransactionFailure) {
            blamed = [applying]
        } else {
            blamed = []
        }
        return blamed.isEmpty ? Array(batch.indices) : blamed
    }

    private func keys(of entries: ArraySlice<any Submitted>) -> RowKeys {
        entries.reduce(into: RowKeys()) { keys, entry in entry.prefetch(into: &keys) }
    }
}
