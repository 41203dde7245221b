package import TokenCore

extension RefreshTokenRecord {
    /// The columns that ``init(_:from:)`` reads, of the table `t`.
    package static let columns = """
        t.generation, t.hash, t.nonce, t.rotated_at, t.retry_count, t.retry_recorded_at, t.mismatch_recorded_at,
        t.key_mismatch_recorded_at
        """

    /// How many columns these are.
    package static let columnCount = 8

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0) throws {
        // The largest number would have no successor.
        guard let generation = UInt32(exactly: try columns.number(start, of: "refresh_tokens")), generation < .max,
            let hash = TokenHash(bytes: columns.bytes(start + 1))
        else { throw CorruptRow(table: "refresh_tokens") }
        try self.init(
            generation: Generation(generation), hash: hash, nonce: RotationNonce(bytes: columns.bytes(start + 2)),
            rotatedAt: columns.time(start + 3, of: "refresh_tokens"),
            retries: columns.number(start + 4, of: "refresh_tokens"),
            retryRecordedAt: columns.optionalTime(start + 5, of: "refresh_tokens"),
            mismatchRecordedAt: columns.optionalTime(start + 6, of: "refresh_tokens"),
            keyMismatchRecordedAt: columns.optionalTime(start + 7, of: "refresh_tokens"))
    }
}
