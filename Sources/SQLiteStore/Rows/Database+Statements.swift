import GRDB
import GRDBSQLite

extension Database {
    /// Runs a statement, which the connection prepares once, and reads every row that it returns.
    func run<Value>(
        _ sql: String, _ values: [SQLiteValue] = [], _ read: (SQLiteColumns) throws -> Value
    ) throws -> [Value] {
        var rows: [Value] = []
        try run(cachedStatement(sql: sql), values) { rows.append(try read($0)) }
        return rows
    }

    /// Runs a statement that returns no rows.
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws { try run(cachedStatement(sql: sql), values) { _ in } }

    /// Runs `body` in a transaction, and rolls it back when anything throws. The statements of GRDB's transactions are
    /// prepared anew for each.
    ///
    /// - Parameter begin: the statement that begins it.
    func transaction<Value>(_ begin: String, _ body: () throws -> Value) throws -> Value {
        try run(begin)
        do {
            let value = try body()
            try run("COMMIT")
            return value
        } catch {
            // After some failures SQLite has rolled it back itself.
            if isInsideTransaction { try? run("ROLLBACK") }
            throw error
        }
    }

    /// Runs a statement that was prepared on this connection, and calls `read` with every row.
    func run(_ statement: Statement, _ values: [SQLiteValue], _ read: (SQLiteColumns) throws -> Void) throws {
        let statement = statement.sqliteStatement
        // The values stay bound until the next run, which replaces all of them in the memory that they have.
        defer { sqlite3_reset(statement) }
        precondition(sqlite3_bind_parameter_count(statement) == values.count, "A statement lacks a value")
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), in: statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try read(SQLiteColumns(statement: statement))
            case SQLITE_DONE: return
            default: throw failure
            }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32, in statement: OpaquePointer) throws {
        // SQLITE_TRANSIENT: SQLite copies the value.
        let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let number): sqlite3_bind_int64(statement, index, Int64(number))
            case .text(let text): sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copy)
            case .blob(let bytes): sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), copy)
            }
        guard code == SQLITE_OK else { throw failure }
    }

    private var failure: DatabaseError {
        let connection = sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}
