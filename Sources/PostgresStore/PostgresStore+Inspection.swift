import Libpq
import StoreRows

/// What tests and `heirloom doctor` inspect.
extension PostgresStore {
    /// A setting of the connections that write.
    package func setting(_ name: String) throws -> String {
        try inspect("SELECT current_setting('\(name)')") { $0.text(0) }.first ?? ""
    }

    /// The numbers of the migrations that the database has had.
    package func appliedMigrations() throws -> [Int] {
        try inspect("SELECT number FROM schema_migrations ORDER BY number") { $0.integer(0) }
    }

    /// The names of the tables, sorted.
    package func tables() throws -> [String] {
        try inspect("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1") {
            $0.text(0)
        }
    }

    /// Settings of the server under which a committed write may be lost, each with what to do.
    package func unsafeSettings() throws -> [String] {
        try ["fsync", "full_page_writes"].filter { try setting($0) == "off" }.map {
            "\($0) is off: a crash of the server's machine loses or corrupts what was answered; turn it on"
        }
    }

    /// The statements whose cost must not grow with the tables, by their names.
    package static var hotQueries: [(name: String, statement: String)] { sql.hot }

    /// The server's generic plan for a statement, one step a line.
    package func plan(of statement: String) throws -> [String] {
        let (connection, _) = try writers.take()
        defer { writers.give(connection) }
        let count = (1...20).last { statement.contains("$\($0)::") } ?? 0
        let nulls = count == 0 ? "" : "(" + Array(repeating: "NULL", count: count).joined(separator: ", ") + ")"
        try connection.run(script: "PREPARE plan AS \(statement)", until: .now + PostgresStore.timeout)
        defer { try? connection.run(script: "DEALLOCATE plan", until: .now + PostgresStore.timeout) }
        return try connection.run(
            [Statement("EXPLAIN (COSTS OFF) EXECUTE plan\(nulls)")], until: .now + PostgresStore.timeout)[0]
            .map { $0.text(0) }
    }

    private func inspect<Value>(_ sql: String, _ read: (PostgresColumns) throws -> Value) throws -> [Value] {
        let (connection, _) = try writers.take()
        defer { writers.give(connection) }
        return try connection.run([Statement(sql)], until: .now + PostgresStore.timeout)[0].map(read)
    }
}
