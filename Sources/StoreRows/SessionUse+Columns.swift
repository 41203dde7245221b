package import TokenCore

extension SessionUse {
    /// Reads the id, the client, the times of the last rotation and of the end, and whether the client is registered.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        try self.init(
            id: columns.sessionID(0), client: ClientID(columns.text(1)),
            lastUsedAt: columns.time(2, of: "refresh_tokens"), expiresAt: columns.time(3, of: "sessions"),
            isOfRegisteredClient: columns.integer(4) != 0)
    }
}
