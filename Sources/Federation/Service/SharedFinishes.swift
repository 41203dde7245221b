import Synchronization
import TokenCore

/// Lets concurrent deliveries of one response share one run, and keeps its outcome for a minute: browsers and providers
/// deliver twice, and the first request may be cut off. The run goes on when a caller is gone.
final class SharedFinishes: Sendable {
    typealias Run = Task<FinishOutcome, any Error>

    private struct Entry {
        let run: Run
        /// When the run ended; nil while it is under way.
        var endedAt: Duration?
    }

    private struct State {
        var entries: [AttemptID: Entry] = [:]
        /// The attempts in the order in which their runs ended.
        var ended: [AttemptID] = []
    }

    private let limit: Int
    private let lifetime: Duration
    private let uptime: @Sendable () -> Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: the most outcomes that are kept.
    ///   - lifetime: how long an outcome is kept.
    init(limit: Int = 4096, lifetime: Duration = .seconds(60), uptime: @escaping @Sendable () -> Duration) {
        self.limit = limit
        self.lifetime = lifetime
        self.uptime = uptime
    }

    /// The outcome of an attempt. Runs `work` unless it runs or has run.
    ///
    /// - Parameter onShared: called if another call runs it or has run it.
    func outcome(
        of attempt: AttemptID, onShared: () -> Void,
        running work: @escaping @Sendable () async throws -> FinishOutcome
    ) async throws -> FinishOutcome {
        let (run, isShared) = state.withLock { state -> (Run, Bool) in
            forget(in: &state)
            if let known = state.entries[attempt] { return (known.run, true) }
            let run = Run {
                do {
                    let outcome = try await work()
                    self.ended(attempt, isKept: true)
                    return outcome
                } catch {
                    self.ended(attempt, isKept: SharedFinishes.isFinal(error))
                    throw error
                }
            }
            state.entries[attempt] = Entry(run: run)
            return (run, false)
        }
        if isShared { onShared() }
        return try await run.value
    }

    /// A refusal is final: the code has been used, or is not authentic. Where the provider or the store could not be
    /// reached, the person may try again.
    private static func isFinal(_ error: any Error) -> Bool {
        (error as? FederationRefusal).map { $0 != .providerUnavailable } ?? false
    }

    private func ended(_ attempt: AttemptID, isKept: Bool) {
        state.withLock { state in
            guard isKept else {
                state.entries[attempt] = nil
                return
            }
            state.entries[attempt]?.endedAt = uptime()
            state.ended.append(attempt)
        }
    }

    private func forget(in state: inout State) {
        let now = uptime()
        let kept = state.ended.drop { attempt in
            let age = state.entries[attempt]?.endedAt.map { now - $0 }
            return age.map { $0 >= lifetime } ?? true
        }
        let surplus = max(0, kept.count - limit)
        let forgotten = state.ended.count - kept.count + surplus
        guard forgotten > 0 else { return }
        for attempt in state.ended.prefix(forgotten) { state.entries[attempt] = nil }
        state.ended.removeFirst(forgotten)
    }
}
