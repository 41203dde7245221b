import Synchronization

/// Wakes the readers that wait for new entries of the revocation feed.
///
/// A reader takes ``count`` before it reads the feed, and waits until the count is greater: so no notification is lost
/// between the reading and the waiting.
package final class RevocationNotifier: Sendable {
    private struct Waiter {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var count = 0
        var isClosed = false
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// How often it has notified.
    package var count: Int { state.withLock { $0.count } }

    package var isClosed: Bool { state.withLock { $0.isClosed } }

    package var hasWaiters: Bool { state.withLock { !$0.waiters.isEmpty } }

    /// Wakes every reader: the feed may have new entries.
    package func notify() { wake(all: true) { $0.count += 1 } }

    /// Wakes every reader, and lets none wait any more: the service is shutting down.
    package func close() { wake(all: true) { $0.isClosed = true } }

    /// Wakes the readers whose deadline has passed.
    package func expire() { wake(all: false) { _ in } }

    /// Returns when ``count`` is greater than `count`, at the first ``expire()`` after the deadline, or when the task
    /// is cancelled.
    package func wait(past count: Int, until deadline: ContinuousClock.Instant) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    guard state.count == count, !state.isClosed, !Task.isCancelled else { return false }
                    state.waiters[id] = Waiter(deadline: deadline, continuation: continuation)
                    return true
                }
                if !isWaiting { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    private func wake(all: Bool, _ change: (inout State) -> Void) {
        let now = ContinuousClock.now
        let woken = state.withLock { state in
            change(&state)
            guard !state.waiters.isEmpty else { return [:] as [Int: Waiter] }
            let woken = all ? state.waiters : state.waiters.filter { $0.value.deadline <= now }
            for id in woken.keys { state.waiters[id] = nil }
            return woken
        }
        for waiter in woken.values { waiter.continuation.resume() }
    }
}
