package import TokenCore

extension SigningKeyRecord {
    /// The columns that ``init(_:)`` reads.
    package static let columns = "key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at"

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        guard let state = State(rawValue: columns.text(2)) else { throw CorruptRow(table: "signing_keys") }
        try self.init(
            id: SigningKeyID(columns.text(0)), algorithm: SigningAlgorithm(rawValue: columns.text(1)), state: state,
            sealedPrivateKey: columns.bytes(3),
            createdAt: columns.time(4, of: "signing_keys"), activatedAt: columns.optionalTime(5, of: "signing_keys"),
            expiresAt: columns.optionalTime(6, of: "signing_keys"))
    }
}
