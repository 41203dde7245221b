import Synchronization

/// The attempts that succeeded lately, in bounded memory. An attempt whose answer is delivered again is given back to
/// its address once.
final class RecentAttempts: Sendable {
    private struct State {
        var known: Set<String> = []
        /// A ring. The oldest name is at `next` when it is full.
        var order: [String] = []
        var next = 0
    }

    private static let limit = 4096

    private let state = Mutex(State())

    /// - Parameter name: the name of the attempt's cookie.
    /// - Returns: whether the attempt is new.
    func insert(_ name: String) -> Bool {
        state.withLock { state in
            guard state.known.insert(name).inserted else { return false }
            if state.order.count < RecentAttempts.limit {
                state.order.append(name)
            } else {
                state.known.remove(state.order[state.next])
                state.order[state.next] = name
                state.next = (state.next + 1) % RecentAttempts.limit
            }
            return true
        }
    }
}
