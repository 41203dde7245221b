import CPostgres
import TokenCore

/// One row, read by the numbers of its columns.
struct Columns {
    let result: PostgresResult
    let row: Int32

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
