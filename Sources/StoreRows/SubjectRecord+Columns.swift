package import TokenCore

extension SubjectRecord {
    /// The columns that ``init(_:)`` reads, of the table `u`.
    package static let columns = """
        u.subject_id, u.state, u.epoch, u.open_sessions, u.created_at, u.expires_at,
        u.username, u.username_key, u.username_folded, u.password, u.password_version, u.unlocks,
        u.claims, u.issued_from
        """

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        // Of the columns of an account this one alone is never null.
        let account = try columns.optionalNumber(10, of: "subjects").map { passwordVersion throws in
            Account(
                username: columns.optionalText(6), usernameKey: columns.optionalText(7),
                foldedUsername: columns.optionalText(8),
                password: columns.optionalText(9).map { PasswordHash(phc: $0) },
                passwordVersion: passwordVersion,
                unlocks: try columns.number(11, of: "subjects"))
        }
        try self.init(
            id: SubjectID(columns.text(0)), state: SubjectRecord.state(columns, 1),
            epoch: columns.time(2, of: "subjects"),
            openSessions: columns.number(3, of: "subjects"), createdAt: columns.time(4, of: "subjects"),
            expiresAt: columns.optionalTime(5, of: "subjects"), account: account,
            claims: columns.claims(12, of: "subjects"), issuedFrom: columns.optionalTime(13, of: "subjects"))
    }

    /// - Throws: ``TokenCore/CorruptRow``
    static func state(_ columns: some Columns, _ column: Int) throws -> State {
        guard let state = State(rawValue: columns.text(column)) else { throw CorruptRow(table: "subjects") }
        return state
    }
}
