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
    package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// A count or a number of a series; 0 for null.
    ///
    /// - Throws: ``TokenCore/CorruptRow`` with `table` for a number of more than 53 bits, which sums could overflow.
    package func number(_ column: Int, of table: String) throws -> Int {
        let number = integer(column)
        guard number.magnitude <= 1 << 53 else { throw CorruptRow(table: table) }
        return number
    }

    /// A count or a number of a series; nil for null.
    ///
    /// - Throws: ``TokenCore/CorruptRow`` as ``number(_:of:)``.
    package func optionalNumber(_ column: Int, of table: String) throws -> Int? {
        isNull(column) ? nil : try number(column, of: table)
    }

    /// A time in milliseconds; 1970-01-01T00:00:00Z for null.
    ///
    /// - Throws: ``TokenCore/CorruptRow`` with `table` for a time before 1970 or after 9999, which has no text in
    ///   RFC 3339.
    package func time(_ column: Int, of table: String) throws -> Timestamp {
        let milliseconds = integer(column)
        guard (0...253_402_300_799_999).contains(milliseconds) else { throw CorruptRow(table: table) }
        return Timestamp(milliseconds: Int64(milliseconds))
    }

    /// A time in milliseconds; nil for null.
    ///
    /// - Throws: ``TokenCore/CorruptRow`` as ``time(_:of:)``.
    package func optionalTime(_ column: Int, of table: String) throws -> Timestamp? {
        isNull(column) ? nil : try time(column, of: table)
    }

    /// Claims as compact JSON; nil for null.
    ///
    /// - Throws: ``TokenCore/CorruptRow`` with `table` for anything but a JSON object.
    package func claims(_ column: Int, of table: String) throws -> Claims? {
        guard !isNull(column) else { return nil }
        guard let claims = Claims(stored: text(column)) else {
            throw CorruptRow(table: table, reason: "the claims are not a JSON object")
        }
        return claims
    }

    /// - Throws: ``TokenCore/CorruptRow`` with `table` when the column does not hold sixteen bytes.
    package func sessionID(_ column: Int, of table: String = "sessions") throws -> SessionID {
        guard let uuid = UUIDv7(bytes: bytes(column)) else { throw CorruptRow(table: table) }
        return SessionID(uuid)
    }
}
