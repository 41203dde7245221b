package import TokenCore

extension ClientRecord {
    /// The columns that ``init(_:from:)`` reads, of the table `c`.
    package static let columns = """
        c.client_id, c.secret_hashes, c.token_format, c.allowed_scope, c.created_at, c.jwks
        """

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0) throws {
        guard let hashes = ClientRecord.secretHashes(storedAs: columns.bytes(start + 1)),
            let format = AccessTokenFormat(rawValue: columns.text(start + 2))
        else { throw CorruptRow(table: "clients") }
        try self.init(
            id: ClientID(columns.text(start)), secretHashes: hashes, jwks: columns.optionalText(start + 5),
            accessTokenFormat: format, allowedScope: columns.optionalText(start + 3).flatMap { Scope($0) },
            createdAt: columns.time(start + 4, of: "clients"))
    }

    /// Reads the client of a session from columns that are null when there is no such row.
    ///
    /// - Returns: nil when the client was removed.
    /// - Throws: ``TokenCore/CorruptRow``
    package static func joined(_ id: ClientID, _ columns: some Columns, from start: Int) throws -> ClientRecord? {
        if id == .web { return .web }
        return columns.isNull(start) ? nil : try ClientRecord(columns, from: start)
    }

    /// The hashes as they are stored: one after the other.
    package var storedSecretHashes: [UInt8] { secretHashes.flatMap(\.bytes) }

    /// - Returns: nil when the last hash is incomplete.
    private static func secretHashes(storedAs bytes: [UInt8]) -> [ClientSecretHash]? {
        let length = ClientSecretHash.byteCount
        guard bytes.count % length == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: length).compactMap {
            ClientSecretHash(bytes: Array(bytes[$0..<$0 + length]))
        }
    }
}
