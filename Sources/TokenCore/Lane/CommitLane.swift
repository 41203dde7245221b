import Dispatch
import Synchronization

/// Group commit: the one way to a write.
///
/// While one batch is being fsynced the next gathers; then all of it goes into one transaction and shares one
/// fsync. Every caller hears of its outcome only after the commit. A full queue, or a store that has not come back for too
/// long, is refused at once: nothing was consumed, the client tries again.
package final class CommitLane: Sendable {
    private struct State {
        var waiting: [Entry] = []
        var isDraining = false
        var isClosed = false
        var batchStarted: ContinuousClock.Instant?
    }

    /// A command whose caller waits.
    private struct Entry: Sendable {
        /// Applies the command and returns what tells its caller.
        let apply: @Sendable (inout Transaction) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
        let name: @Sendable (inout RowKeys) -> Void
    }

    /// Rings after each commit that the feed speaks of.
    package let notifier: RevocationNotifier
    private let store: any Store
    private let rules: SessionRules
    private let clock: Clock
    private let queueLimit: Int
    private let batchLimit: Int
    private let stallLimit: Duration
    private let metrics = LaneMetrics()
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "heirloom.commit-lane", qos: .userInitiated)

    /// - Parameters:
    ///   - queueLimit: how many commands may wait; one more is refused.
    ///   - batchLimit: how many commands may share a transaction.
    ///   - stallLimit: how long one transaction may take before further commands are refused at once.
    package init(
        store: any Store, rules: SessionRules, clock: @escaping Clock, queueLimit: Int = 2048, batchLimit: Int = 512,
        stallLimit: Duration = .seconds(2), notifier: RevocationNotifier = RevocationNotifier()
    ) {
        self.notifier = notifier
        self.store = store
        self.rules = rules
        self.clock = clock
        self.queueLimit = queueLimit
        self.batchLimit = batchLimit
        self.stallLimit = stallLimit
    }

    /// Applies `command` and returns its outcome when it is on disk.
    ///
    /// - Throws: ``Unavailable`` when the queue is full, the lane is closed or stalled, or the store failed.
    package func submit<C: Command>(_ command: C) async throws -> C.Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let entry = Entry(
                apply: { transaction in
                    let outcome = try command.apply(to: &transaction)
                    return { continuation.resume(returning: outcome) }
                },
                fail: { continuation.resume(throwing: $0) }, name: { command.prefetch(into: &$0) })
            do {
                if try enqueue(entry) { thread.async { self.drain() } }
            } catch {
                metrics.refusedOne()
                continuation.resume(throwing: error)
            }
        }
    }

    /// Refuses what comes from now on; what waits is still committed.
    package func close() { state.withLock { $0.isClosed = true } }

    /// How many commands wait.
    package var depth: Int { state.withLock { $0.waiting.count } }

    /// - Returns: whether the lane has to be set going.
    private func enqueue(_ entry: Entry) throws -> Bool {
        try state.withLock { state in
            if state.isClosed { throw Unavailable.shuttingDown }
            if state.waiting.count >= queueLimit { throw Unavailable.overloaded }
            if let started = state.batchStarted, .now - started > stallLimit { throw Unavailable.stalled }
            state.waiting.append(entry)
            defer { state.isDraining = true }
            return !state.isDraining
        }
    }

    private func drain() {
        while let batch = nextBatch() { commit(batch) }
    }

    private func nextBatch() -> [Entry]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                state.batchStarted = nil
                return nil
            }
            state.batchStarted = .now
            if state.waiting.count <= batchLimit {
                defer { state.waiting.removeAll(keepingCapacity: true) }
                return state.waiting
            }
            defer { state.waiting.removeFirst(batchLimit) }
            return Array(state.waiting.prefix(batchLimit))
        }
    }

    /// Commands that the store fails on, because a row of theirs cannot be read or had, fail alone; their neighbours are tried
    /// again without them. When the transaction as a whole fails, all do.
    private func commit(_ batch: [Entry]) {
        var batch = batch
        while true {
            var culprit: Int?
            let start = ContinuousClock.now
            do {
                let names = names(of: batch[...])
                let (answers, isNews, events) = try store.transaction(at: clock(), rules: rules, prefetching: names) {
                    transaction in
                    let answers = try batch.indices.map { index in
                        culprit = index
                        return try batch[index].apply(&transaction)
                    }
                    culprit = nil
                    return (answers, !transaction.writeSet.revocations.isEmpty, transaction.writeSet.events.map(\.kind))
                }
                metrics.committed(batch.count, in: .now - start, events: events)
                if isNews { notifier.notify() }
                for answer in answers { answer() }
                return
            } catch {
                let busy = error as? RowsInUse
                var failed = batch.indices.filter { index in
                    if let culprit { return index == culprit }
                    return busy?.concerns(names(of: batch[index...index])) ?? true
                }
                if failed.isEmpty { failed = Array(batch.indices) }
                metrics.failed(failed.count)
                for index in failed { batch[index].fail(Unavailable.store(error)) }
                guard failed.count < batch.count else { return }
                for index in failed.reversed() { batch.remove(at: index) }
            }
        }
    }

    private func names(of entries: ArraySlice<Entry>) -> RowKeys {
        entries.reduce(into: RowKeys()) { names, entry in entry.name(&names) }
    }
}
