import GRDB
import GRDBSQLite
import TokenCore

/// A value as SQLite takes it.
enum SQLiteValue {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])

    static func time(_ time: Timestamp) -> SQLiteValue { .integer(Int(time.milliseconds)) }
    static func time(_ time: Timestamp?) -> SQLiteValue { time.map { .time($0) } ?? .null }
    static func text(_ text: String?) -> SQLiteValue { text.map { .text($0) } ?? .null }
    static func blob(_ bytes: [UInt8]?) -> SQLiteValue { bytes.map { .blob($0) } ?? .null }
}

/// The row that a statement stands on. Reading by number costs a fifth of GRDB's rows, which know their columns' names.
struct Columns {
    fileprivate let statement: OpaquePointer

    func integer(_ column: Int) -> Int { Int(sqlite3_column_int64(statement, Int32(column))) }

    func text(_ column: Int) -> String { optionalText(column) ?? "" }

    func optionalText(_ column: Int) -> String? {
        guard let start = sqlite3_column_text(statement, Int32(column)) else { return nil }
        // By its length: a name that holds a NUL is not the name before it.
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Empty for null.
    func blob(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func time(_ column: Int) -> Timestamp {
        Timestamp(milliseconds: sqlite3_column_int64(statement, Int32(column)))
    }

    func optionalTime(_ column: Int) -> Timestamp? {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL ? nil : time(column)
    }
}

extension Database {
    /// Runs a statement, prepared once for this connection, and reads every row it yields.
    func run<Value>(
        _ sql: String, _ values: [SQLiteValue] = [], _ read: (Columns) throws -> Value
    ) throws -> [Value] {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), in: statement) }
        var rows: [Value] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(try read(Columns(statement: statement)))
            case SQLITE_DONE: return rows
            default: throw failure
            }
        }
    }

    func run(_ sql: String, _ values: [SQLiteValue]) throws { _ = try run(sql, values) { _ in } }

    private func bind(_ value: SQLiteValue, at index: Int32, in statement: OpaquePointer) throws {
        // SQLITE_TRANSIENT: SQLite copies what it is given.
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
