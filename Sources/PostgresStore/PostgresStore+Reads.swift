import Libpq
import StoreRows
package import TokenCore

extension PostgresStore {
    package func session(_ id: SessionID) async throws -> Session? {
        try await read(sql.session, [.id(id)]) { try Session($0) }.first
    }

    package func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session] {
        // No id is above sixteen bytes of 0xFF.
        let bounds: [PostgresValue] = [.bytes(id?.uuid.bytes ?? Array(repeating: 0xFF, count: 16)), .integer(limit)]
        guard let subject else { return try await read(sql.openSessions, bounds) { try Session($0) } }
        return try await read(sql.openSessionsOfSubject, [.text(subject.value)] + bounds) { try Session($0) }
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? {
        try await read(sql.subject, [.text(id.value)]) { try SubjectRecord($0) }.first
    }

    package func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord] {
        try await read(sql.subjectsByName, [.text(keys.exact), .text(keys.folded)]) { try SubjectRecord($0) }
    }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await read(sql.users, [.text(name), .integer(limit)]) { try SubjectRecord($0) }
    }

    package func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord] {
        try await read(sql.usersWithoutName, [.text(id?.value ?? ""), .integer(limit)]) { try SubjectRecord($0) }
    }

    package func identity(_ id: IdentityID) async throws -> IdentityRecord? {
        try await read(sql.identity, [.bytes(id.bytes)]) { try IdentityRecord($0) }.first
    }

    package func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord] {
        try await read(sql.identitiesOfSubject, [.text(subject.value), .integer(limit)]) { try IdentityRecord($0) }
    }

    package func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await read(sql.usersWithoutFoldedName, [.integer(limit)]) { try SubjectRecord($0) }
    }

    package func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await read(Queries.usersWithSharedFoldedName, [.integer(limit)]) { try SubjectRecord($0) }
    }

    package func signingKeys() async throws -> [SigningKeyRecord] {
        try await read(Queries.signingKeys) { try SigningKeyRecord($0) }
    }

    package func client(_ id: ClientID) async throws -> ClientRecord? {
        try await read(sql.client, [.text(id.value)]) { try ClientRecord($0) }.first
    }

    package func clients(after name: String, limit: Int) async throws -> [ClientRecord] {
        try await read(sql.clients, [.text(name), .integer(limit)]) { try ClientRecord($0) }
    }

    package func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink? {
        try await read(sql.oneTimeLink, [.bytes(hash.bytes)]) { try OneTimeLink($0) }.first
    }

    package func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] {
        var values: [PostgresValue] = []
        if let subject = query.subject { values.append(.text(subject.value)) }
        if let kind = query.kind { values.append(.text(kind.rawValue)) }
        values += [.integer(query.after ?? 0), .integer(query.before ?? .max), .integer(limit)]
        return try await read(sql.events[query.form], values) { try EventRecord($0) }
    }

    package func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor? {
        try await read(Queries.webhookCursor, [.text(name.value)]) { try WebhookCursor($0) }.first
    }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        // One row at least: without entries their columns are null.
        let rows = try await read(sql.revocations, [.integer(sequence), .integer(limit)]) { columns in
            (
                newest: try columns.number(0, of: "feed"), oldest: try columns.optionalNumber(1, of: "revocations"),
                sequence: try columns.optionalNumber(2, of: "revocations"),
                entry: columns.isNull(2) ? nil : try RevocationRecord(columns, from: 2)
            )
        }
        guard let first = rows.first else { throw Unavailable.store(CorruptRow(table: "feed")) }
        return RevocationPage(
            rows: rows.compactMap { row in row.sequence.map { ($0, row.entry) } }, limit: limit, newest: first.newest,
            collected: first.oldest.map { $0 - 1 } ?? first.newest)
    }

    /// How much the store holds. The log is that of the whole cluster, which not every role may list.
    package func statistics() async throws -> StoreStatistics {
        var statistics = try await read(Queries.statistics) { columns in
            (
                StoreStatistics(
                    openSessions: try columns.number(0, of: "subjects"), users: try columns.number(1, of: "subjects"),
                    databaseBytes: columns.integer(2), logBytes: nil),
                columns.boolean(3)
            )
        }[0]
        if statistics.1 { statistics.0.logBytes = try await read(Queries.logSize) { $0.integer(0) }.first }
        return statistics.0
    }

    private func read<Value: Sendable>(
        _ sql: String, _ values: [PostgresValue] = [], _ decode: @escaping @Sendable (PostgresColumns) throws -> Value
    ) async throws -> [Value] {
        try await pool.run(Statement(sql, values), decode)
    }
}
