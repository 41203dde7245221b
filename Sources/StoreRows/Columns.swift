package import TokenCore

/// One row of a query's result, read by the numbers of its columns, from 0.
package protocol Columns {
    func isNull(_ column: Int) -> Bool
    /// 0 for null.
    func integer(_ column: Int) -> Int
    /// Empty for null.
    func text(_ column: Int) -> String
    /// Empty for null.
    func bytes(_ column: Int) -> [UInt8]
}

extension Columns {
    /// Nil for null.
    package func optionalInteger(_ column: Int) -> Int? { isNull(column) ? nil : integer(column) }

    /// Nil for null.
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// A time in milliseconds; 1970-01-01T00:00:00Z for null.
    package func time(_ column: Int) -> Timestamp { Timestamp(milliseconds: Int64(integer(column))) }

    /// A time in milliseconds; nil for null.
    package func optionalTime(_ column: Int) -> Timestamp? { isNull(column) ? nil : time(column) }

    /// - Throws: ``TokenCore/CorruptRow`` with `table` when the column does not hold sixteen bytes.
    package func sessionID(_ column: Int, of table: String = "sessions") throws -> SessionID {
        guard let uuid = UUIDv7(bytes: bytes(column)) else { throw CorruptRow(table: table) }
        return SessionID(uuid)
    }
}
