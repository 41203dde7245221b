import StrictCoding
package import TokenCore

extension SessionRecord {
    /// The columns that ``init(_:from:)`` reads, of the table `s`.
    package static let columns = """
        s.session_id, s.subject_id, s.client_id, s.scope, s.device, s.address, s.user_agent, s.amr,
        s.authenticated_at, s.created_at, s.expires_at, s.epoch, s.ended_at, s.end_reason, s.end_detail,
        s.remembered, s.claims, s.key_thumbprint, s.authenticated_here
        """

    /// How many columns these are.
    package static let columnCount = 19

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0) throws {
        guard let scope = Scope(columns.text(start + 3)) else { throw CorruptRow(table: "sessions") }
        let ending = try columns.optionalTime(start + 12, of: "sessions").map { at in
            Ending(
                at: at, reason: EndReason(rawValue: columns.text(start + 13)), detail: columns.optionalText(start + 14))
        }
        try self.init(
            id: columns.sessionID(start), subject: SubjectID(columns.text(start + 1)),
            client: ClientID(columns.text(start + 2)), scope: scope,
            device: Device(
                name: columns.optionalText(start + 4), address: columns.optionalText(start + 5),
                userAgent: columns.optionalText(start + 6)),
            authenticationMethods: SessionRecord.authenticationMethods(storedAs: columns.text(start + 7)),
            authenticatedAt: columns.time(start + 8, of: "sessions"),
            isAuthenticatedHere: columns.integer(start + 18) != 0,
            createdAt: columns.time(start + 9, of: "sessions"),
            expiresAt: columns.time(start + 10, of: "sessions"), epoch: columns.time(start + 11, of: "sessions"),
            isRemembered: columns.integer(start + 15) != 0, claims: columns.claims(start + 16, of: "sessions"),
            keyThumbprint: SessionRecord.keyThumbprint(columns, start + 17), ending: ending)
    }

    /// A key that cannot be read must not count as none.
    private static func keyThumbprint(_ columns: some Columns, _ column: Int) throws -> KeyThumbprint? {
        guard !columns.isNull(column) else { return nil }
        guard let thumbprint = KeyThumbprint(bytes: columns.bytes(column)) else {
            throw CorruptRow(table: "sessions", reason: "the key's thumbprint does not have 32 bytes")
        }
        return thumbprint
    }

    /// The authentication methods as they are stored: separated by spaces.
    package var storedAuthenticationMethods: String { authenticationMethods.joined(separator: " ") }

    private static func authenticationMethods(storedAs text: String) -> [String] {
        guard text.utf8.contains(UInt8(ascii: " ")) else { return text.isEmpty ? [] : [text] }
        return text.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }
}
