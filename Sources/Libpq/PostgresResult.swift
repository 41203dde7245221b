import CPostgres

/// The rows that a statement returned, in binary format.
package final class PostgresResult {
    let handle: OpaquePointer
    private let library: LibpqLibrary

    init(_ handle: OpaquePointer, of library: LibpqLibrary) {
        self.handle = handle
        self.library = library
    }

    var libpq: LibpqFunctions { library.functions }

    deinit { libpq.PQclear(handle) }

    /// The command tag: `COMMIT`, `UPDATE 3`.
    package var tag: String { libpq.PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// Reads every row.
    package func forEach(_ read: (PostgresColumns) throws -> Void) rethrows {
        for row in 0..<libpq.PQntuples(handle) { try read(PostgresColumns(result: self, row: row)) }
    }

    /// Reads every row.
    package func map<Value>(_ read: (PostgresColumns) throws -> Value) rethrows -> [Value] {
        var values: [Value] = []
        try forEach { values.append(try read($0)) }
        return values
    }
}
