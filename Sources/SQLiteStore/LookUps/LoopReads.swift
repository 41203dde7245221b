import NIOCore
import NIOPosix
import StoreRows
import Synchronization

/// Runs look-ups on the event loop that asks for them, because to hand one over to another thread and back costs as
/// much as to read the rows.
///
/// What a loop does not read at once is left to the ``ReadLane``, as is what no loop asks for.
final class LoopReads: Sendable {
    private let path: String
    private let cacheKiB: Int
    private let metrics: LookUpMetrics
    /// The reader of the current thread.
    private let reader = ThreadSpecificVariable<LoopReader>()
    private let all = Mutex<[LoopReader]>([])
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
        let made = LoopReader(loop, path: path, cacheKiB: cacheKiB, metrics: metrics)
        reader.currentValue = made
        all.withLock { $0.append(made) }
        return made
    }

    /// Lets look-ups see what this process has committed since the turn of their loop began.
    func committed() { commits.add(1, ordering: .releasing) }

    /// Closes the connections. Look-ups are left to the lane from now on.
    func close() {
        let isOnLoop = MultiThreadedEventLoopGroup.currentEventLoop != nil
        for reader in all.withLock({ $0 }) {
            let closed = reader.loop.submit { reader.close() }
            // An event loop must not wait, not even for another one.
            if !isOnLoop { try? closed.wait() }
        }
    }
}
