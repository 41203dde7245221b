import CPostgres

/// The rows that a statement has yielded, in binary format.
final class PostgresResult {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    var count: Int { Int(PQntuples(handle)) }

    /// What the server says that it did: `COMMIT`, `UPDATE 3`.
    var tag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    func map<Value>(_ read: (Columns) throws -> Value) rethrows -> [Value] {
        try (0..<PQntuples(handle)).map { try read(Columns(result: self, row: $0)) }
    }
}
