package import TokenCore

extension OneTimeLink {
    /// The columns that ``init(_:)`` reads.
    package static let columns = "subject_id, purpose, hash, expires_at"

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        guard let purpose = Purpose(rawValue: columns.text(1)), let hash = TokenHash(bytes: columns.bytes(2)) else {
            throw CorruptRow(table: "one_time_links")
        }
        self.init(
            subject: SubjectID(columns.text(0)), purpose: purpose, hash: hash,
            expiresAt: try columns.time(3, of: "one_time_links"))
    }
}
