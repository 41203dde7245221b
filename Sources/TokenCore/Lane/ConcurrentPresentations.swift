import Synchronization

/// Tells presentations of one refresh token that come together from those that come one after the other.
///
/// Tabs that wake up at the same moment present the same token within milliseconds. The first is judged and counted as
/// any other; those that come while it is on its way are its companions, judged at once too, but not counted as
/// retries of their own. The answer to a retry is held back for `holdBack`, so that a burst that arrives a little spread out
/// is still one. Without this a burst of tabs would use up `maxRetries`, which is there for retries one after the
/// other. No judgement waits: by then a token may have become too old.
package final class ConcurrentPresentations<Key: Hashable & Sendable>: Sendable {
    private let leading = Mutex<Set<Key>>([])
    private let holdBack: Duration

    /// - Parameter patience: how long the answer to a retry is held back; zero to take every presentation
    ///   for one of its own.
    package init(holdBack: Duration) { self.holdBack = holdBack }

    /// Runs `judge`, telling it whether it is a companion; holds the outcome back if that is a retry.
    package func present<Outcome>(
        _ key: Key, judge: (_ isConcurrent: Bool) async throws -> Outcome, isRetry: (Outcome) -> Bool
    ) async throws -> Outcome {
        guard holdBack > .zero else { return try await judge(false) }
        guard leading.withLock({ $0.insert(key).inserted }) else { return try await judge(true) }
        defer { _ = leading.withLock { $0.remove(key) } }
        let outcome = try await judge(false)
        if isRetry(outcome) { try? await Task.sleep(for: holdBack) }
        return outcome
    }
}
