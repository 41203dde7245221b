import Synchronization
import TokenCore

/// The connections that transactions run on: one for the commit lane, one more for whoever writes beside it.
final class WriteConnections: Sendable {
    /// A commit that the server has not answered: it waits for its standby or its disk.
    private enum Doubt {
        case none
        case waiting(PostgresConnection, nextLook: ContinuousClock.Instant)
        /// Somebody is finding out.
        case examined
    }

    private struct State {
        var idle: [PostgresConnection] = []
        var doubt = Doubt.none
    }

    private let source: ConnectionSource
    private let pause = Duration.milliseconds(200)
    private let state = Mutex(State())

    init(_ source: ConnectionSource) { self.source = source }

    /// - Returns: a connection, and whether it has been used before and may have gone stale.
    /// - Throws: ``TokenCore/Unavailable/stalled`` at once while a commit is in doubt.
    func take() throws -> (connection: PostgresConnection, isUsed: Bool) {
        try settleDoubt()
        return try connection()
    }

    /// Takes a connection back that is in no transaction.
    func give(_ connection: PostgresConnection) { state.withLock { $0.idle.append(connection) } }

    /// Forgets them all: their server is not to be trusted any more.
    func lost() {
        state.withLock { $0.idle.removeAll() }
        source.lost()
    }

    /// Keeps a connection whose commit was not answered in time.
    ///
    /// Were it closed, the server would go on with the commit, and with its locks, unseen; and every further batch would leave one
    /// more behind. So there is one at most, and nothing is written until it is answered.
    func doubt(_ connection: PostgresConnection) {
        state.withLock { $0.doubt = .waiting(connection, nextLook: .now + pause) }
    }

    private func connection() throws -> (connection: PostgresConnection, isUsed: Bool) {
        if let connection = state.withLock({ $0.idle.popLast() }) { return (connection, true) }
        return (try source.connect(), false)
    }

    private func settleDoubt() throws {
        let doubted: PostgresConnection? = try state.withLock { state in
            switch state.doubt {
            case .none: return nil
            case .waiting(let connection, let nextLook) where nextLook <= .now:
                state.doubt = .examined
                return connection
            case .waiting, .examined: throw Unavailable.stalled
            }
        }
        guard let doubted else { return }
        do {
            guard try isAtWork(doubted) else {
                state.withLock { $0.doubt = .none }
                return
            }
        } catch {
            doubt(doubted)
            throw error
        }
        doubt(doubted)
        throw Unavailable.stalled
    }

    /// Whether the server still works on what this connection has asked. It is asked for on another connection, which finds the
    /// new primary when there is one.
    private func isAtWork(_ doubted: PostgresConnection) throws -> Bool {
        if doubted.hasSettled() { return false }
        let (other, _) = try connection()
        let found = try other.run([Statement(Query.isAtWork, [.integer(doubted.process)])], until: .now + .seconds(1))
        give(other)
        return found[0].map { $0.boolean(0) }.first ?? false
    }
}
