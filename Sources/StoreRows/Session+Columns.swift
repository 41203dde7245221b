package import TokenCore

extension Session {
    /// The columns that ``init(_:)`` reads, of the tables `t`, `s`, `u` and, joined on the left, `c`.
    package static let columns = """
        \(RefreshTokenRecord.columns), \(SessionRecord.columns), \(SubjectRecord.columns), \(ClientRecord.columns)
        """

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        try self.init(columns, from: RefreshTokenRecord.columnCount, token: RefreshTokenRecord(columns))
    }

    /// Reads a session's own columns, its subject's and its client's, the first of which is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0, token: RefreshTokenRecord) throws {
        let subject = start + SessionRecord.columnCount
        let record = try SessionRecord(columns, from: start)
        self.init(
            record: record, token: token, subject: try SubjectRecord(columns, from: subject),
            client: try ClientRecord.joined(columns, from: subject + SubjectRecord.columnCount))
    }
}
