package import TokenCore

extension RevocationRecord {
    /// The columns that ``init(_:from:)`` reads.
    package static let columns = "sequence, kind, target, opened_before, at, expires_at"

    /// Reads a row whose first column is `start`. Nil when its kind is unknown: a newer version has written it.
    ///
    /// - Throws: ``TokenCore/CorruptRow``
    package init?(_ columns: some Columns, from start: Int = 0) throws {
        let target: Target
        switch columns.text(start + 1) {
        case "session":
            guard let id = SessionID(columns.text(start + 2)) else { throw CorruptRow(table: "revocations") }
            target = .session(id)
        case let kind where kind == "subject" || kind == "claims":
            guard let bound = try columns.optionalTime(start + 3, of: "revocations") else {
                throw CorruptRow(table: "revocations")
            }
            let id = SubjectID(columns.text(start + 2))
            target = kind == "claims" ? .claims(id, issuedBefore: bound) : .subject(id, openedBefore: bound)
        default: return nil
        }
        try self.init(
            sequence: columns.number(start, of: "revocations"), target: target,
            at: columns.time(start + 4, of: "revocations"),
            until: columns.time(start + 5, of: "revocations"))
    }

    /// The target as it is stored, in the columns `kind`, `target` and `opened_before`.
    package var storedTarget: (kind: String, name: String, openedBefore: Timestamp?) {
        switch target {
        case .session(let id): ("session", id.description, nil)
        case .subject(let id, let bound): ("subject", id.value, bound)
        case .claims(let id, let bound): ("claims", id.value, bound)
        }
    }
}
