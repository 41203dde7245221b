package import TokenCore

extension SubjectRecord {
    /// The columns that ``init(_:from:)`` reads, of the table `u`.
    package static let columns = """
        u.subject_id, u.state, u.epoch, u.open_sessions, u.created_at, u.expires_at,
        u.username, u.username_key, u.username_folded, u.password, u.password_version, u.unlocks,
        u.claims, u.issued_from
        """

    /// How many columns these are.
    package static let columnCount = 14

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0) throws {
        guard let state = State(rawValue: columns.text(start + 1)) else { throw CorruptRow(table: "subjects") }
        // Of the columns of an account this one alone is never null.
        let account = try columns.optionalNumber(start + 10, of: "subjects").map { passwordVersion throws in
            Account(
                username: columns.optionalText(start + 6), usernameKey: columns.optionalText(start + 7),
                foldedUsername: columns.optionalText(start + 8),
                password: columns.optionalText(start + 9).map { PasswordHash(phc: $0) },
                passwordVersion: passwordVersion,
                unlocks: try columns.number(start + 11, of: "subjects"))
        }
        try self.init(
            id: SubjectID(columns.text(start)), state: state, epoch: columns.time(start + 2, of: "subjects"),
            openSessions: columns.number(start + 3, of: "subjects"), createdAt: columns.time(start + 4, of: "subjects"),
            expiresAt: columns.optionalTime(start + 5, of: "subjects"), account: account,
            claims: columns.claims(start + 12, of: "subjects"),
            issuedFrom: columns.optionalTime(start + 13, of: "subjects"))
    }
}
