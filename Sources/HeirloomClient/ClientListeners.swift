import Synchronization

/// The streams that receive the events of a client.
final class ClientListeners: Sendable {
    private struct State {
        var next = 0
        var continuations: [Int: AsyncStream<ClientEvent>.Continuation] = [:]
    }

    /// The number of events that a slow listener keeps. Older ones are dropped.
    private static let bufferedEvents = 64

    private let state = Mutex(State())

    deinit { for continuation in state.withLock({ Array($0.continuations.values) }) { continuation.finish() } }

    func add() -> AsyncStream<ClientEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(ClientListeners.bufferedEvents)) { continuation in
            let number = state.withLock { state in
                state.next += 1
                state.continuations[state.next] = continuation
                return state.next
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { state in _ = state.continuations.removeValue(forKey: number) }
            }
        }
    }

    func report(_ events: [ClientEvent]) {
        guard !events.isEmpty else { return }
        let continuations = state.withLock { Array($0.continuations.values) }
        for event in events { for continuation in continuations { continuation.yield(event) } }
    }
}
