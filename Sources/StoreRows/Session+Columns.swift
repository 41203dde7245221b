package import TokenCore

extension Session {
    /// The columns that ``init(_:)`` reads, of the tables `t`, `s`, `u` and, joined on the left, `c`.
    package static let columns = "\(ownColumns), \(ClientRecord.columns)"

    /// The columns that ``init(_:client:)`` reads, of the tables `t`, `s` and `u`.
    package static let ownColumns = """
        \(RefreshTokenRecord.columns), \(SessionRecord.columns), \(SubjectRecord.columns)
        """

    /// - Throws: ``TokenCore/CorruptRow``
    package convenience init(_ columns: some Columns) throws {
        try self.init(columns, from: RefreshTokenRecord.columnCount, token: RefreshTokenRecord(columns))
    }

    /// Reads a session's own columns, its subject's and its client's, the first of which is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package convenience init(_ columns: some Columns, from start: Int = 0, token: RefreshTokenRecord) throws {
        let client = start + SessionRecord.columnCount + SubjectRecord.columnCount
        try self.init(columns, from: start, token: token) { _ in try ClientRecord.joined(columns, from: client) }
    }

    /// - Parameter client: returns the client of this name; nil when it was removed.
    /// - Throws: ``TokenCore/CorruptRow``, or what `client` throws.
    package convenience init(_ columns: some Columns, client: (ClientID) throws -> ClientRecord?) throws {
        try self.init(
            columns, from: RefreshTokenRecord.columnCount, token: RefreshTokenRecord(columns), client: client)
    }

    private convenience init(
        _ columns: some Columns, from start: Int, token: RefreshTokenRecord,
        client: (ClientID) throws -> ClientRecord?
    ) throws {
        let record = try SessionRecord(columns, from: start)
        self.init(
            record: record, token: token,
            subject: try SubjectRecord(columns, from: start + SessionRecord.columnCount),
            client: try client(record.client))
    }
}
