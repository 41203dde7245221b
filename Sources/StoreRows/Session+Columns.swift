package import TokenCore

extension Session {
    /// The columns that ``init(_:)`` reads, of the tables `t`, `s`, `u` and, joined on the left, `c`.
    package static let columns = "\(ownColumnsWithDevice), \(ClientRecord.columns)"

    /// The columns that ``init(_:hasDevice:client:)`` reads, of the tables `t`, `s` and `u`. A transaction needs no
    /// more: a refresh is judged by these, and a further column would be read at every refresh.
    package static let ownColumns = "\(RefreshTokenRecord.columns), \(SessionRecord.columns), \(Subject.columns)"

    /// The columns that ``init(_:hasDevice:client:)`` reads with the device.
    package static let ownColumnsWithDevice = "\(ownColumns), \(Device.columns)"

    /// The columns that ``init(_:token:)`` reads, of the tables `s`, `u` and, joined on the left, `c`.
    package static let columnsWithoutToken = """
        \(SessionRecord.columns), \(Subject.columns), \(ClientRecord.columns)
        """

    /// Reads a session with its device.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package convenience init(_ columns: some Columns) throws {
        try self.init(
            columns, token: RefreshTokenRecord(columns), from: RefreshTokenRecord.columnCount, hasDevice: true
        ) { _, end in try ClientRecord.joined(columns, from: end) }
    }

    /// Reads a session without its device. The row of its token was read before.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package convenience init(_ columns: some Columns, token: RefreshTokenRecord) throws {
        try self.init(columns, token: token, from: 0, hasDevice: false) { _, end in
            try ClientRecord.joined(columns, from: end)
        }
    }

    /// - Parameters:
    ///   - hasDevice: whether the device is read.
    ///   - client: returns the client of this name; nil when it was removed.
    /// - Throws: ``TokenCore/CorruptRow``, or what `client` throws.
    package convenience init(
        _ columns: some Columns, hasDevice: Bool, client: (ClientID) throws -> ClientRecord?
    ) throws {
        try self.init(
            columns, token: RefreshTokenRecord(columns), from: RefreshTokenRecord.columnCount, hasDevice: hasDevice
        ) { name, _ in try client(name) }
    }

    /// - Parameter client: returns the client of this name; it may be in the columns from this number on.
    private convenience init(
        _ columns: some Columns, token: RefreshTokenRecord, from start: Int, hasDevice: Bool,
        client: (ClientID, Int) throws -> ClientRecord?
    ) throws {
        let subject = start + SessionRecord.columnCount
        let device = subject + Subject.columnCount
        let record = try SessionRecord(columns, device: hasDevice ? Device(columns, from: device) : nil, from: start)
        self.init(
            record: record, token: token, subject: try Subject(record.subject, columns, from: subject),
            client: try client(record.client, hasDevice ? device + Device.columnCount : device))
    }
}
