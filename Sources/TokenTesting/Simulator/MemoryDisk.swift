import Synchronization
package import TokenCore

/// A disk for ``MemoryStore``.
package final class MemoryDisk: SimulatedDisk {
    private struct State {
        var store = MemoryStore()
        var marked = MemoryStore.Tables()
        var copy = MemoryStore.Tables()
    }

    private let state = Mutex(State())

    package init() {}

    package func open() -> any Store { state.withLock { $0.store } }

    package func mark() { state.withLock { $0.marked = $0.store.contents } }

    package func crash(losingLast: Bool) {
        state.withLock { state in
            let left = losingLast ? state.marked : state.store.contents
            // A new store: what the dead process may still write goes nowhere.
            state.store = MemoryStore()
            state.store.contents = left
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

    /// The table is keyed by the family.
    package func largestFamily() -> Int { 1 }
}
