import GRDB
import StoreRows
package import TokenCore

extension SQLiteStore {
    package func session(_ id: SessionID) async throws -> Session? { try await lookUp { try $0.session(id) } }

    package func session(
        _ id: SessionID, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        try await lookUp { rows in (try rows.session(id), try rows.client(client)) }
    }

    package func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session] {
        // No id is above sixteen bytes of 0xFF.
        let bounds: [SQLiteValue] = [.blob(id?.uuid.bytes ?? Array(repeating: 0xFF, count: 16)), .integer(limit)]
        return try await read { database in
            guard let subject else { return try database.run(Queries.openSessions, bounds) { try Session($0) } }
            return try database.run(sql.openSessionsOfSubject, [.text(subject.value)] + bounds) { try Session($0) }
        }
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? {
        try await lookUp { try $0.subject(id) }
    }

    package func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord] {
        try await lookUp { try $0.subjects(named: keys) }
    }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await read { try $0.run(sql.users, [.text(name), .integer(limit)]) { try SubjectRecord($0) } }
    }

    package func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord] {
        try await read {
            try $0.run(sql.usersWithoutName, [.text(id?.value ?? ""), .integer(limit)]) { try SubjectRecord($0) }
        }
    }

    package func identity(_ id: IdentityID) async throws -> IdentityRecord? {
        try await lookUp { try $0.identity(id) }
    }

    package func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord] {
        try await lookUp { try $0.identities(of: subject, limit: limit) }
    }

    package func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await read { try $0.run(sql.usersWithoutFoldedName, [.integer(limit)]) { try SubjectRecord($0) } }
    }

    package func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await read { try $0.run(Queries.usersWithSharedFoldedName, [.integer(limit)]) { try SubjectRecord($0) } }
    }

    package func signingKeys() async throws -> [SigningKeyRecord] { try await lookUp { try $0.signingKeys() } }

    package func client(_ id: ClientID) async throws -> ClientRecord? { try await lookUp { try $0.client(id) } }

    package func clients(after name: String, limit: Int) async throws -> [ClientRecord] {
        try await read { try $0.run(sql.clients, [.text(name), .integer(limit)]) { try ClientRecord($0) } }
    }

    package func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink? {
        try await read { try $0.run(sql.oneTimeLink, [.blob(hash.bytes)]) { try OneTimeLink($0) }.first }
    }

    package func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] {
        var values: [SQLiteValue] = []
        if let subject = query.subject { values.append(.text(subject.value)) }
        if let kind = query.kind { values.append(.text(kind.rawValue)) }
        values += [.integer(query.after ?? 0), .integer(query.before ?? .max), .integer(limit)]
        return try await read { [values] in try $0.run(sql.events[query.form], values) { try EventRecord($0) } }
    }

    package func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor? {
        try await lookUp { try $0.webhookCursor(name) }
    }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        try await read { database in
            let rows = try database.run(sql.revocations, [.integer(sequence), .integer(limit)]) {
                (try $0.number(0, of: "revocations"), try RevocationRecord($0))
            }
            let newest = try database.run(Queries.newestRevocation) { try $0.number(0, of: "feed") }.first ?? 0
            let oldest =
                try database.run(sql.oldestRevocation) {
                    try $0.optionalNumber(0, of: "revocations")
                }.first ?? nil
            return RevocationPage(rows: rows, limit: limit, newest: newest, collected: oldest.map { $0 - 1 } ?? newest)
        }
    }

    /// How much the store holds.
    package func statistics() async throws -> StoreStatistics {
        let size = size
        return try await read { database in
            let counts = try database.run(Queries.statistics) {
                (try $0.number(0, of: "subjects"), try $0.number(1, of: "subjects"))
            }
            return StoreStatistics(
                openSessions: counts[0].0, users: counts[0].1, databaseBytes: size.database, logBytes: size.log)
        }
    }

    /// Reads a few rows by their keys: on the event loop that asks for them, or in the next batch of the lane.
    private func lookUp<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteRows) throws -> Value
    ) async throws -> Value {
        if let value = loopReads.read(body) { return value }
        return try await readLane.read(body)
    }

    /// Reads beside other reads and beside the look-ups, for as long as it takes.
    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await pool.read(body) } catch {
            throw Unavailable.store(SQLiteStore.naming(path, error))
        }
    }
}
