package import CoreMetrics
package import Libpq
import Synchronization
import TokenCore

/// A PostgreSQL database that any number of nodes share.
///
/// A batch of commands is one transaction of two round trips. The first locks and reads the rows that the batch
/// prefetches; the second writes and commits. Look-ups have connections of their own to the same server, and see what
/// any node has committed.
package final class PostgresStore: Store {
    let source: ConnectionSource
    let writers: WriteConnections
    let pool: ReadPool
    /// The connection that receives notifications, and the epoch of its ``source`` when it was made.
    let listener = Mutex<(connection: PostgresConnection, epoch: Int)?>(nil)
    let isClosed = Mutex(false)
    let restarts: Counter

    /// The longest that a transaction may take. Twice this time is less than
    /// ``TokenCore/RevocationRecord/transactionMarginSeconds``: an access token of a refresh beside a slow logout still
    /// expires before the logout's entry in the feed. The server ends the transaction of a node that pauses in the
    /// middle of it (`idle_in_transaction_session_timeout`).
    static let timeout = Duration.milliseconds(2400)

    /// The longest that a transaction may take that inserts many rows, and that issues no token.
    static let bulkTimeout = Duration.seconds(120)

    /// Connects, and brings the schema up to date.
    ///
    /// - Parameters:
    ///   - readers: how many connections the look-ups share.
    ///   - migrate: false to refuse a database that is not up to date.
    /// - Throws: ``Libpq/PostgresFailure``, or a failure of `SchemaHistory`.
    package init(
        _ target: PostgresTarget, readers: Int = 4, migrate: Bool = true,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        source = ConnectionSource(target)
        writers = WriteConnections(source)
        pool = ReadPool(source, connections: readers)
        restarts = Counter(label: "heirloom_transaction_restarts_total", dimensions: [], factory: metrics)
        let connection = try source.connect()
        if migrate {
            try SchemaMigrator().migrate(connection)
        } else {
            try SchemaMigrator().verify(connection)
        }
        writers.give(connection)
    }

    /// The database.
    package var target: PostgresTarget { source.target }

    /// Refuses transactions from now on, and closes the connections that write.
    package func close() {
        isClosed.withLock { $0 = true }
        writers.lost()
    }
}
