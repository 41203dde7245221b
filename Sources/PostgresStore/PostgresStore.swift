import Synchronization
import TokenCore

/// Many nodes' store: a PostgreSQL database that any number of processes share.
///
/// A batch of commands is one transaction of two round trips: one that locks and reads what the batch names, one that writes and
/// commits. Reads go past it on connections of their own, to the same server: they see all that any node has committed.
package final class PostgresStore: Sendable {
    let source: ConnectionSource
    let writers: WriteConnections
    let pool: ReadPool
    /// What notifications come by.
    let listener = Mutex<(connection: PostgresConnection, epoch: Int)?>(nil)
    let isClosed = Mutex(false)

    /// The longest that a transaction may take. Twice that is less than ``TokenCore/RevocationRecord/signingSeconds``: an access
    /// token that a slow refresh hands out beside a logout still expires before what the feed says of it.
    static let timeout = Duration.milliseconds(2400)

    /// Connects, and brings the schema up to date.
    ///
    /// - Parameters:
    ///   - readers: how many connections reads may share.
    ///   - migrate: false to refuse a database that is not up to date.
    package init(_ target: PostgresTarget, readers: Int = 4, migrate: Bool = true) throws {
        source = ConnectionSource(target)
        writers = WriteConnections(source)
        pool = ReadPool(source, connections: readers)
        let connection = try source.connect()
        if migrate {
            try SchemaMigrator().migrate(connection)
        } else {
            try SchemaMigrator().verify(connection)
        }
        writers.give(connection)
    }

    package var target: PostgresTarget { source.target }

    package func close() {
        isClosed.withLock { $0 = true }
        writers.lost()
    }
}
