import NIOCore
import NIOPosix
import StoreRows
import Synchronization

/// Runs look-ups on the event loop that asks for them. To hand a look-up over to another thread and back costs more
/// than to read its rows.
///
/// The ``ReadLane`` runs the look-ups that fail here, that come while look-ups are slow, and that come from other
/// threads.
final class LoopReads: Sendable {
    private struct State {
        var readers: [LoopReader] = []
        var isClosed = false
    }

    private let path: String
    private let cacheKiB: Int
    private let metrics: LookUpMetrics
    /// The reader of the current thread.
    private let reader = ThreadSpecificVariable<LoopReader>()
    private let state = Mutex(State())
    private let commits = Atomic(0)

    /// - Parameter cacheKiB: the size of a loop's page cache.
    init(path: String, cacheKiB: Int, metrics: LookUpMetrics) {
        self.path = path
        self.cacheKiB = cacheKiB
        self.metrics = metrics
    }

    /// Runs a look-up. It sees what was committed before.
    ///
    /// - Returns: nil when it is left to the lane.
    func read<Value>(_ body: (SQLiteRows) throws -> Value) -> Value? {
        guard let reader = reader.currentValue ?? makeReader() else { return nil }
        return reader.read(after: commits.load(ordering: .acquiring), body)
    }

    /// The reader of an event loop that has none yet; nil on any other thread.
    private func makeReader() -> LoopReader? {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return nil }
        return state.withLock { state in
            guard !state.isClosed else { return nil }
            let made = LoopReader(loop, path: path, cacheKiB: cacheKiB, metrics: metrics)
            state.readers.append(made)
            reader.currentValue = made
            return made
        }
    }

    /// Lets look-ups see what this process has committed since the turn of their loop began.
    func committed() { commits.add(1, ordering: .releasing) }

    /// Closes the connections. Look-ups are left to the lane from now on.
    func close() {
        let readers = state.withLock { state in
            state.isClosed = true
            defer { state.readers = [] }
            return state.readers
        }
        // An event loop must not wait, not even for another one.
        let mayWait = MultiThreadedEventLoopGroup.currentEventLoop == nil
        for closing in readers {
            let closed = closing.loop.submit { [reader] in
                closing.close()
                reader.currentValue = nil
            }
            if mayWait { try? closed.wait() }
        }
    }

    deinit { close() }
}
