import CPostgres

/// One row of a result, read by the numbers of its columns, from 0.
package struct PostgresColumns {
    let result: PostgresResult
    let row: Int32

    /// Whether the column is null.
    package func isNull(_ column: Int) -> Bool { result.libpq.PQgetisnull(result.handle, row, Int32(column)) == 1 }

    /// A `bigint`, `integer` or `smallint`; 0 for null.
    package func integer(_ column: Int) -> Int {
        Int(truncatingIfNeeded: buffer(column).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A `double precision`; 0 for null.
    package func real(_ column: Int) -> Double { Double(bitPattern: UInt64(bitPattern: Int64(integer(column)))) }

    /// A `boolean`; false for null.
    package func boolean(_ column: Int) -> Bool { buffer(column).first == 1 }

    /// A `text` as ``PostgresText`` reads it; empty for null.
    package func text(_ column: Int) -> String { PostgresText.decode(buffer(column)) }

    /// A `bytea`, or the sixteen bytes of a `uuid`; empty for null.
    package func bytes(_ column: Int) -> [UInt8] { Array(buffer(column)) }

    private func buffer(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        guard let start = result.libpq.PQgetvalue(result.handle, row, Int32(column)) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        // 0 for null.
        let count = Int(result.libpq.PQgetlength(result.handle, row, Int32(column)))
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }
}
