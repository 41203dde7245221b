import Synchronization
package import TokenCore
import TokenTesting

/// A disk for ``MemoryStore``.
package final class MemoryDisk: SimulatedDisk {
    private struct State {
        var store = MemoryStore()
        var marked = MemoryStore.Tables()
        var copy = MemoryStore.Tables()
    }

    private let state = Mutex(State())

    /// Creates a disk with an empty store.
    package init() {}

    package func open() -> any Store { state.withLock { $0.store } }

    package func mark() { state.withLock { $0.marked = $0.store.contents } }

    package func crash(losingLast: Bool) {
        state.withLock { state in
            let contents = losingLast ? state.marked : state.store.contents
            // The crashed process may still write into the old store.
            state.store = MemoryStore()
            state.store.contents = contents
        }
    }

    package func close() {}

    package func backup() { state.withLock { $0.copy = $0.store.contents } }

    package func restore() {
        state.withLock { state in
            state.store = MemoryStore()
            state.store.contents = state.copy
            state.marked = state.copy
        }
    }

    /// The table holds one row for each session.
    package func maximumTokenRows() -> Int { 1 }
}
