package import TokenCore

extension ClientRecord {
    /// The columns that ``init(_:from:)`` reads, of the table `c`.
    package static let columns = """
        c.client_id, c.secret_hashes, c.token_format, c.allowed_scope, c.created_at, c.jwks,
        c.permissions, c.idle_lifetime, c.absolute_lifetime, c.retry_window, c.dpop
        """

    /// Reads a row whose first column is `start`.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns, from start: Int = 0) throws {
        // A scope that cannot be read must not count as any.
        let scope = columns.optionalText(start + 3).map { Scope(stored: $0) }
        guard let hashes = ClientRecord.secretHashes(storedAs: columns.bytes(start + 1)),
            let format = AccessTokenFormat(rawValue: columns.text(start + 2)), scope != .some(nil)
        else { throw CorruptRow(table: "clients") }
        try self.init(
            id: ClientID(columns.text(start)), secretHashes: hashes, jwks: columns.optionalText(start + 5),
            accessTokenFormat: format, allowedScope: scope ?? nil,
            permissions: ClientRecord.permissions(storedAs: columns.optionalText(start + 6)),
            limits: ClientRecord.limits(columns, from: start + 7), requiresProof: columns.integer(start + 10) != 0,
            createdAt: columns.time(start + 4, of: "clients"))
    }

    private static func limits(_ columns: some Columns, from start: Int) throws -> ClientLimits {
        let limits = ClientLimits(
            idleLifetimeSeconds: try columns.optionalNumber(start, of: "clients"),
            absoluteLifetimeSeconds: try columns.optionalNumber(start + 1, of: "clients"),
            retryWindowSeconds: try columns.optionalNumber(start + 2, of: "clients"))
        guard (limits.idleLifetimeSeconds ?? 1) > 0, (limits.absoluteLifetimeSeconds ?? 1) > 0,
            0...RotationPolicy.longestRetryWindowSeconds ~= (limits.retryWindowSeconds ?? 0)
        else { throw CorruptRow(table: "clients") }
        return limits
    }

    /// Reads the client of a session from columns that are null when there is no such row.
    ///
    /// - Returns: nil when the client was removed.
    /// - Throws: ``TokenCore/CorruptRow``
    package static func joined(_ columns: some Columns, from start: Int) throws -> ClientRecord? {
        return columns.isNull(start) ? nil : try ClientRecord(columns, from: start)
    }

    /// The hashes as they are stored: one after the other.
    package var storedSecretHashes: [UInt8] { secretHashes.flatMap(\.bytes) }

    /// The permissions as they are stored: separated by spaces.
    package var storedPermissions: String { permissionNames.joined(separator: " ") }

    /// - Parameter text: nil for a client of an older version, which keeps what it could do.
    private static func permissions(storedAs text: String?) -> Set<Permission> {
        guard let text else { return Set(Permission.allCases) }
        // A permission that this version does not know, written by a newer node, permits nothing here.
        return Set(
            text.utf8.split(separator: UInt8(ascii: " ")).compactMap {
                Permission(rawValue: String(decoding: $0, as: UTF8.self))
            })
    }

    /// - Returns: nil when the last hash is incomplete.
    private static func secretHashes(storedAs bytes: [UInt8]) -> [ClientSecretHash]? {
        let length = ClientSecretHash.byteCount
        guard bytes.count % length == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: length).compactMap {
            ClientSecretHash(bytes: Array(bytes[$0..<$0 + length]))
        }
    }
}
