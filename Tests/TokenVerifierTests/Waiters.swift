import Synchronization

/// Tasks that wait for conditions. A test can wait until a number of tasks wait here, so it needs no real time.
final class Waiters: Sendable {
    private struct Waiter {
        let isDue: @Sendable () -> Bool
        let continuation: AsyncStream<Void>.Continuation
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var lastID = 0
        var observers: [(count: Int, continuation: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Mutex(State())

    /// Returns when the condition holds. Checks it at once and in each ``wake()``.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    func wait(until isDue: @escaping @Sendable () -> Bool) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let id = state.withLock { state -> Int? in
            if isDue() { return nil }
            state.lastID += 1
            state.waiters[state.lastID] = Waiter(isDue: isDue, continuation: continuation)
            notifyObservers(&state)
            return state.lastID
        }
        guard let id else { return }
        for await _ in stream { return }
        state.withLock { $0.waiters[id] = nil }
        throw CancellationError()
    }

    /// Resumes the tasks whose conditions hold now.
    func wake() {
        state.withLock { state in
            for (id, waiter) in state.waiters where waiter.isDue() {
                state.waiters[id] = nil
                waiter.continuation.yield()
            }
        }
    }

    /// Returns when exactly `count` tasks wait.
    func settle(at count: Int) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            state.observers.append((count, continuation))
            notifyObservers(&state)
        }
        for await _ in stream { return }
    }

    private func notifyObservers(_ state: inout State) {
        let count = state.waiters.count
        for observer in state.observers where observer.count == count { observer.continuation.yield() }
        state.observers.removeAll { $0.count == count }
    }
}
