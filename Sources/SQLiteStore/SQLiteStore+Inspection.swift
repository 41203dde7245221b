import GRDB
import StoreRows

extension SQLiteStore {
    /// The tables, indexes, triggers and views that the database lacks, or has beside those of the migrations.
    package func schemaDifferences() throws -> [String] {
        let model = try DatabaseQueue()
        try SchemaMigrator().migrate(model)
        func objects(_ database: Database) throws -> Set<String> {
            let names = "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            return try String.fetchSet(database, sql: names)
        }
        return try pool.read { try objects($0) }.symmetricDifference(model.read { try objects($0) }).sorted()
    }
}

/// What tests inspect.
extension SQLiteStore {
    /// The journal mode and `synchronous` (2 is FULL) of the writing connection.
    package func durability() throws -> (journalMode: String, synchronous: Int) {
        try pool.writeWithoutTransaction { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    /// The numbers of the migrations that the database has had.
    package func appliedMigrations() throws -> [Int] {
        try pool.read { try Int.fetchAll($0, sql: "SELECT number FROM schema_migrations ORDER BY number") }
    }

    /// The statements whose cost must not grow with the tables, by their names.
    package static var hotQueries: [(name: String, statement: String)] { sql.hot }

    /// The plan for a statement, one step an element.
    package func plan(of query: String) throws -> [String] {
        try pool.read { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + query)
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }
}
