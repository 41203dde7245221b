import StrictCoding
package import TokenCore

extension SessionRecord {
    /// The columns that ``init(_:device:from:)`` reads, of the table `s`.
    static let columns = """
        s.session_id, s.subject_id, s.client_id, s.scope, s.amr, s.authenticated_at, s.created_at, s.expires_at,
        s.epoch, s.ended_at, s.end_reason, s.end_detail, s.remembered, s.claims, s.key_thumbprint,
        s.authenticated_here
        """

    /// How many columns these are.
    static let columnCount = 16

    /// Reads a row whose first column is `start`.
    ///
    /// - Parameter device: the session's device; nil when it is not read.
    /// - Throws: ``TokenCore/CorruptRow``
    init(_ columns: some Columns, device: Device?, from start: Int) throws {
        guard let scope = Scope(stored: columns.text(start + 3)) else { throw CorruptRow(table: "sessions") }
        let ending = try columns.optionalTime(start + 9, of: "sessions").map { at in
            Ending(
                at: at, reason: EndReason(rawValue: columns.text(start + 10)), detail: columns.optionalText(start + 11))
        }
        try self.init(
            id: columns.sessionID(start), subject: SubjectID(columns.text(start + 1)),
            client: ClientID(columns.text(start + 2)), scope: scope,
            device: device,
            authenticationMethods: SessionRecord.authenticationMethods(storedAs: columns.text(start + 4)),
            authenticatedAt: columns.time(start + 5, of: "sessions"),
            isAuthenticatedHere: columns.integer(start + 15) != 0,
            createdAt: columns.time(start + 6, of: "sessions"),
            expiresAt: columns.time(start + 7, of: "sessions"), epoch: columns.time(start + 8, of: "sessions"),
            isRemembered: columns.integer(start + 12) != 0, claims: columns.claims(start + 13, of: "sessions"),
            keyThumbprint: SessionRecord.keyThumbprint(columns, start + 14), ending: ending)
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
