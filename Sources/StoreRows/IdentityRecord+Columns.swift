package import TokenCore

extension IdentityRecord {
    /// The columns that ``init(_:)`` reads, of the table `i`.
    package static let columns = "i.issuer, i.provider_subject, i.subject_id, i.created_at, i.last_used_at"

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        guard let identity = Identity(issuer: columns.text(0), providerSubject: columns.text(1)) else {
            throw CorruptRow(table: "identities")
        }
        try self.init(
            identity: identity, subject: SubjectID(columns.text(2)), createdAt: columns.time(3, of: "identities"),
            lastUsedAt: columns.optionalTime(4, of: "identities"))
    }
}
