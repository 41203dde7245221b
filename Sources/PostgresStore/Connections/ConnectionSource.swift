import Libpq
import Synchronization

/// Makes connections. After an attempt that failed, further ones fail at once for a short time, so that callers do not
/// wait for a server that cannot be reached.
final class ConnectionSource: Sendable {
    private struct State {
        var failure: PostgresFailure?
        var nextAttempt = ContinuousClock.now
        var epoch = 0
    }

    let target: PostgresTarget
    private let pause = Duration.milliseconds(200)
    private let state = Mutex(State())

    init(_ target: PostgresTarget) { self.target = target }

    /// Advances when a connection that writes was lost. Its server may not be the primary any more, so that connections
    /// of an earlier epoch must not be read from.
    var epoch: Int { state.withLock { $0.epoch } }

    /// Begins the next epoch.
    func lost() { state.withLock { $0.epoch += 1 } }

    /// - Throws: ``Libpq/PostgresFailure``
    func connect() throws -> PostgresConnection {
        let recent = state.withLock { state in
            guard let failure = state.failure, state.nextAttempt > .now else { return nil as PostgresFailure? }
            return failure
        }
        if let recent { throw recent }
        do {
            let connection = try PostgresConnection(target)
            state.withLock { $0.failure = nil }
            return connection
        } catch {
            let failure = error as? PostgresFailure ?? .unreachable("\(error)")
            state.withLock { state in
                state.failure = failure
                state.nextAttempt = .now + pause
            }
            throw failure
        }
    }
}
