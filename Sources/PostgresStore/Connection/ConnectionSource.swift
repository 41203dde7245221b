import Synchronization

/// Makes connections. While there is no server to talk to it says so at once, but for an attempt now and then, so that nobody
/// waits in line to learn it.
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

    /// Advances when a connection was lost that had to write: its server may not be the primary any more, and what was
    /// connected to it must not be read from.
    var epoch: Int { state.withLock { $0.epoch } }

    func lost() { state.withLock { $0.epoch += 1 } }

    /// - Throws: ``PostgresFailure/unreachable(_:)``
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
