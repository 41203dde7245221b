import Synchronization

/// Distinguishes concurrent presentations of one refresh token from those that follow each other.
///
/// Tabs that wake up at the same moment present the same token within milliseconds. The first presentation is judged
/// and counted as a retry if it is one. Those that arrive while it is under way are judged at once too, but they are
/// not counted. The answer to a retry is held back for a moment, so that presentations that arrive a little later are
/// still concurrent. Without this, many tabs would use up `maxRetries`, which is meant for retries that follow each
/// other. No judgement waits, since a token could expire in the meantime.
package final class ConcurrentPresentations<Key: Hashable & Sendable>: Sendable {
    private let underWay = Mutex<Set<Key>>([])
    private let holdBack: Duration

    /// - Parameter holdBack: how long the answer to a retry is held back; zero to count every presentation.
    package init(holdBack: Duration) { self.holdBack = holdBack }

    /// Runs `judge` with whether the presentation is concurrent, and holds the outcome back if it is a retry.
    package func present<Outcome>(
        _ key: Key, judge: (_ isConcurrent: Bool) async throws -> Outcome, isRetry: (Outcome) -> Bool
    ) async throws -> Outcome {
        guard holdBack > .zero else { return try await judge(false) }
        guard underWay.withLock({ $0.insert(key).inserted }) else { return try await judge(true) }
        defer { _ = underWay.withLock { $0.remove(key) } }
        let outcome = try await judge(false)
        if isRetry(outcome) { try? await Task.sleep(for: holdBack) }
        return outcome
    }
}
