import Synchronization

/// Bounds the requests to providers that are under way at once, in all and by provider. A provider that hangs cannot
/// take all places.
final class UpstreamPlaces: Sendable {
    private struct Waiter {
        let id: Int
        let provider: ProviderID
        let resume: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running: [ProviderID: Int] = [:]
        var total = 0
        var waiters: [Waiter] = []
        var lastID = 0
    }

    private let limit: Int
    private let limitPerProvider: Int
    private let waiterLimit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: the most requests at once.
    ///   - limitPerProvider: the most requests at once to one provider.
    ///   - waiterLimit: the most requests to one provider that wait.
    init(limit: Int = 32, limitPerProvider: Int = 8, waiterLimit: Int = 64) {
        self.limit = limit
        self.limitPerProvider = limitPerProvider
        self.waiterLimit = waiterLimit
    }

    /// Runs a request when there is a place for it.
    ///
    /// - Throws: ``UpstreamFailure/busy`` if too many wait, or if the task is cancelled before there is a place; what
    ///   the request throws.
    func run<Value>(
        for provider: ProviderID, _ request: () async throws(UpstreamFailure) -> Value
    ) async throws(UpstreamFailure) -> Value {
        guard await take(for: provider) else { throw .busy }
        defer { giveBack(of: provider) }
        return try await request()
    }

    private func take(for provider: ProviderID) async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    if hasPlace(for: provider, in: state) {
                        state.running[provider, default: 0] += 1
                        state.total += 1
                        return true
                    }
                    guard state.waiters.count(where: { $0.provider == provider }) < waiterLimit else { return false }
                    state.waiters.append(Waiter(id: id, provider: provider, resume: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.resume.resume(returning: false)
        }
    }

    private func giveBack(of provider: ProviderID) {
        let next = state.withLock { state -> Waiter? in
            state.running[provider, default: 1] -= 1
            state.total -= 1
            guard let index = state.waiters.firstIndex(where: { hasPlace(for: $0.provider, in: state) }) else {
                return nil
            }
            let waiter = state.waiters.remove(at: index)
            state.running[waiter.provider, default: 0] += 1
            state.total += 1
            return waiter
        }
        next?.resume.resume(returning: true)
    }

    private func hasPlace(for provider: ProviderID, in state: State) -> Bool {
        state.total < limit && state.running[provider, default: 0] < limitPerProvider
    }
}
