import Synchronization

/// Lets repeated presentations of one refresh token that come together be judged as one.
///
/// Tabs that wake up at the same moment present the same token within milliseconds. The first is judged at once. One
/// that follows within a second waits for `patience`, and those that come meanwhile join it: together they
/// count as one retry. Without this a burst of parallel tabs would use up `maxRetries`, which is there
/// for retries one after the other. A group takes nobody in once its judgement has begun, so that no answer is older
/// than its question.
package final class Gathering<Key: Hashable & Sendable, Outcome: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Outcome?, any Error>

    private struct State {
        /// Groups that still take others in.
        var open: [Key: [Waiter]] = [:]
        var recent: [Key: ContinuousClock.Instant] = [:]
        /// The keys of `recent`, oldest first.
        var order: [Key] = []
        var forgotten = 0
    }

    private enum Part { case first, leader, member }

    private let state = Mutex(State())
    private let patience: Duration
    private let memory = Duration.seconds(1)
    private let memoryLimit = 16_384

    /// - Parameter patience: how long a repeated presentation waits for others; zero for not at all.
    package init(patience: Duration) { self.patience = patience }

    /// Runs `judge` once for all who present `key` together.
    package func present(_ key: Key, judge: () async throws -> Outcome) async throws -> Outcome {
        guard patience > .zero else { return try await judge() }
        while true {
            switch state.withLock({ part(of: key, in: &$0) }) {
            case .first:
                return try await judge()
            case .leader:
                try? await Task.sleep(for: patience)
                let waiters = state.withLock { $0.open.removeValue(forKey: key) } ?? []
                do {
                    let outcome = try await judge()
                    for waiter in waiters { waiter.resume(returning: outcome) }
                    return outcome
                } catch {
                    for waiter in waiters { waiter.resume(throwing: error) }
                    throw error
                }
            case .member:
                // Nil when the group closed in between; then this is the next one's.
                if let outcome = try await join(key) { return outcome }
            }
        }
    }

    private func join(_ key: Key) async throws -> Outcome? {
        try await withCheckedThrowingContinuation { (waiter: Waiter) in
            let isOpen = state.withLock { state in
                guard state.open[key] != nil else { return false }
                state.open[key]?.append(waiter)
                return true
            }
            if !isOpen { waiter.resume(returning: nil) }
        }
    }

    private func part(of key: Key, in state: inout State) -> Part {
        if state.open[key] != nil { return .member }
        let now = ContinuousClock.now
        forget(before: now - memory, in: &state)
        guard state.recent[key] != nil else {
            state.recent[key] = now
            state.order.append(key)
            return .first
        }
        state.open[key] = []
        return .leader
    }

    private func forget(before limit: ContinuousClock.Instant, in state: inout State) {
        while state.forgotten < state.order.count {
            let oldest = state.order[state.forgotten]
            guard let at = state.recent[oldest], at < limit || state.recent.count > memoryLimit else { break }
            state.recent[oldest] = nil
            state.forgotten += 1
        }
        if state.forgotten > 1024, state.forgotten * 2 > state.order.count {
            state.order.removeFirst(state.forgotten)
            state.forgotten = 0
        }
    }
}
