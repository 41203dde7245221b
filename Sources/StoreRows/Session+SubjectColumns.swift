import TokenCore

extension Session.Subject {
    /// The columns that ``init(_:_:from:)`` reads, of the table `u`.
    static let columns = "u.state, u.epoch, u.username, u.claims, u.issued_from"

    /// How many columns these are.
    static let columnCount = 5

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    init(_ id: SubjectID, _ columns: some Columns, from start: Int) throws {
        try self.init(
            id: id, state: SubjectRecord.state(columns, start), epoch: columns.time(start + 1, of: "subjects"),
            username: columns.optionalText(start + 2), claims: columns.claims(start + 3, of: "subjects"),
            issuedFrom: columns.optionalTime(start + 4, of: "subjects"))
    }
}
