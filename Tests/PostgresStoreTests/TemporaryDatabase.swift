import PostgresStore
import TokenTesting

/// A database of its own, in the cluster that the tests share.
final class TemporaryDatabase: Sendable {
    let cluster: PostgresCluster
    let url: String

    init() throws {
        cluster = try PostgresCluster.shared.get()
        url = try cluster.makeDatabase()
    }

    deinit { try? cluster.drop(url) }

    func open(migrate: Bool = true) throws -> PostgresStore { try PostgresStore(PostgresTarget(url), migrate: migrate) }

    /// Another program's hand on the database.
    @discardableResult
    func tamper(_ sql: String) throws -> String { try cluster.run(sql: sql, in: url) }
}
