import GRDB
import StoreRows

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
