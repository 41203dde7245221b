import CPostgres
import TokenCore

/// The rows that a statement has yielded, in binary format.
final class PostgresResult {
    fileprivate let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    var count: Int { Int(PQntuples(handle)) }

    /// What the server says that it did: `COMMIT`, `UPDATE 3`.
    var tag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    func map<Value>(_ read: (Columns) throws -> Value) rethrows -> [Value] {
        try (0..<PQntuples(handle)).map { try read(Columns(result: self, row: $0)) }
    }
}

/// One row, read by the numbers of its columns.
struct Columns {
    fileprivate let result: PostgresResult
    fileprivate let row: Int32

    func isNull(_ column: Int) -> Bool { PQgetisnull(result.handle, row, Int32(column)) == 1 }

    func integer(_ column: Int) -> Int {
        let bytes = buffer(column)
        return Int(truncatingIfNeeded: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    func real(_ column: Int) -> Double { Double(bitPattern: UInt64(bitPattern: Int64(integer(column)))) }

    func boolean(_ column: Int) -> Bool { buffer(column).first == 1 }

    func text(_ column: Int) -> String { PostgresText.decode(buffer(column)) }

    func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// Empty for null.
    func bytes(_ column: Int) -> [UInt8] { Array(buffer(column)) }

    func time(_ column: Int) -> Timestamp { Timestamp(milliseconds: Int64(integer(column))) }

    func optionalTime(_ column: Int) -> Timestamp? { isNull(column) ? nil : time(column) }

    func id(_ column: Int) throws -> SessionID {
        guard let uuid = UUIDv7(bytes: bytes(column)) else { throw CorruptRow(table: "sessions") }
        return SessionID(uuid)
    }

    private func buffer(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        guard !isNull(column), let start = PQgetvalue(result.handle, row, Int32(column)) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let count = Int(PQgetlength(result.handle, row, Int32(column)))
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }
}

/// A database that does not hold what this program wrote.
struct CorruptRow: Error, CustomStringConvertible {
    let table: String
    var description: String { "a row of the table \(table) does not hold what it should" }
}
