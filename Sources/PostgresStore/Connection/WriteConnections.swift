import Synchronization

/// The connections that transactions run on: one for the commit lane, one more for whoever writes beside it.
final class WriteConnections: Sendable {
    private let source: ConnectionSource
    private let idle = Mutex<[PostgresConnection]>([])

    init(_ source: ConnectionSource) { self.source = source }

    /// - Returns: a connection, and whether it has been used before and may have gone stale.
    func take() throws -> (connection: PostgresConnection, isUsed: Bool) {
        if let connection = idle.withLock({ $0.popLast() }) { return (connection, true) }
        return (try source.connect(), false)
    }

    /// Takes a connection back that is in no transaction.
    func give(_ connection: PostgresConnection) { idle.withLock { $0.append(connection) } }

    /// Forgets them all: their server is not to be trusted any more.
    func lost() {
        idle.withLock { $0.removeAll() }
        source.lost()
    }
}
