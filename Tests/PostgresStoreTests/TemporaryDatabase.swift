import CoreMetrics
import Libpq
import PostgresStore
import TokenTesting

/// A database of its own in the cluster that the tests share. It is dropped with this object.
final class TemporaryDatabase: Sendable {
    let cluster: PostgresCluster
    let url: String

    init() throws {
        cluster = try PostgresCluster.shared.get()
        url = try cluster.makeDatabase()
    }

    deinit { try? cluster.drop(url) }

    var name: String { String(url.dropFirst("postgres://heirloom@/".count).prefix { $0 != "?" }) }

    func open(
        migrate: Bool = true, metrics: any MetricsFactory = MetricsSystem.factory
    ) throws -> PostgresStore {
        try PostgresStore(PostgresTarget(url), migrate: migrate, metrics: metrics)
    }

    /// Breaks every connection to the database.
    func disconnect() throws { try cluster.disconnect(url) }

    /// Runs SQL past the stores, and returns what it returns.
    @discardableResult
    func run(_ sql: String) throws -> String { try cluster.run(sql: sql, in: url) }
}
