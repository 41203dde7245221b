import PostgresStore
import Testing
import TokenCore
import TokenTesting

struct PostgresStoreTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test(arguments: StoreConformance.promises.indices)
    func `PostgreSQL keeps the promise`(index: Int) async throws {
        let database = database
        let conformance = StoreConformance {
            try database.open()
        } reopen: {
            // All connections break, as when the process dies.
            try database.cluster.disconnect(database.url)
            return try database.open()
        }
        try await StoreConformance.promises[index].keep(conformance)
    }

    @Test func `a commit waits for the disk, whatever the database's own setting`() throws {
        try database.tamper("ALTER ROLE heirloom IN DATABASE \(name) SET synchronous_commit = off")
        #expect(try database.open().setting("synchronous_commit") == "on")
        try database.tamper("ALTER ROLE heirloom IN DATABASE \(name) SET synchronous_commit = remote_apply")
        #expect(try database.open().setting("synchronous_commit") == "remote_apply")
    }

    private var name: String { String(database.url.dropFirst("postgres://heirloom@/".count).prefix { $0 != "?" }) }

    /// No hot query looks at rows that it does not want: none walks a table but the feed's one row.
    @Test(arguments: PostgresStore.hotQueries)
    func `hot queries walk an index`(query: String) throws {
        let plan = try database.open().plan(of: query)
        #expect(!plan.isEmpty)
        for step in plan { #expect(!step.contains("Seq Scan") || step.contains("on feed"), "\(step)") }
    }
}
