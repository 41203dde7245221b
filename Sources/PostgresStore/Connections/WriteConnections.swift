import Libpq
import Synchronization
import TokenCore

/// The connections of transactions: one for the commit lane, and one for each writer beside it.
final class WriteConnections: Sendable {
    /// Whether there is a commit that the server has not answered, because it waits for its standby or its disk.
    private enum PendingCommit {
        case none
        case waiting(PostgresConnection, nextCheck: ContinuousClock.Instant)
        /// A thread checks it now.
        case checking
    }

    private struct State {
        var idle: [PostgresConnection] = []
        var pending = PendingCommit.none
    }

    private let source: ConnectionSource
    private let pause = Duration.milliseconds(200)
    private let state = Mutex(State())

    init(_ source: ConnectionSource) { self.source = source }

    /// - Returns: a connection, and whether it was used before, so that it may have been lost since.
    /// - Throws: ``TokenCore/Unavailable/stalled`` at once while a commit is pending.
    func take() throws -> (connection: PostgresConnection, isUsed: Bool) {
        try resolvePendingCommit()
        return try connection()
    }

    /// Takes back a connection that is in no transaction.
    func give(_ connection: PostgresConnection) { state.withLock { $0.idle.append(connection) } }

    /// Closes all of them, because their server may not be the primary any more.
    func lost() {
        state.withLock { $0.idle.removeAll() }
        source.lost()
    }

    /// Keeps a connection whose commit was not answered in time.
    ///
    /// If it were closed, the server would continue the commit and hold its locks, and every further batch could add
    /// one more such commit. Nothing is written until this one is settled.
    func keepPending(_ connection: PostgresConnection) {
        state.withLock { $0.pending = .waiting(connection, nextCheck: .now + pause) }
    }

    private func connection() throws -> (connection: PostgresConnection, isUsed: Bool) {
        if let connection = state.withLock({ $0.idle.popLast() }) { return (connection, true) }
        return (try source.connect(), false)
    }

    private func resolvePendingCommit() throws {
        let pending: PostgresConnection? = try state.withLock { state in
            switch state.pending {
            case .none: return nil
            case .waiting(let connection, let nextCheck) where nextCheck <= .now:
                state.pending = .checking
                return connection
            case .waiting, .checking: throw Unavailable.stalled
            }
        }
        guard let pending else { return }
        do {
            guard try isAtWork(pending) else {
                state.withLock { $0.pending = .none }
                return
            }
        } catch {
            keepPending(pending)
            throw error
        }
        keepPending(pending)
        throw Unavailable.stalled
    }

    /// Whether the server still works on the commit. Asks on another connection, which reaches the new primary if there
    /// is one.
    private func isAtWork(_ pending: PostgresConnection) throws -> Bool {
        if pending.hasSettled() { return false }
        let (other, _) = try connection()
        let found = try other.run([Statement(Queries.isAtWork, [.integer(pending.process)])], until: .now + .seconds(1))
        give(other)
        return found[0].map { $0.boolean(0) }.first ?? false
    }
}
