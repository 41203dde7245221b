package import TokenCore

extension PostgresStore: Store {
    package func session(_ id: SessionID) async throws -> Session? {
        try await pool.read(Statement(Query.session, [.id(id)]), Session.init(withClient:)).first
    }

    package func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session] {
        let statement =
            if let subject {
                Statement(Query.sessionsOfSubject, [.text(subject.value), .integer(limit)])
            } else {
                Statement(Query.sessions, [.integer(limit)])
            }
        return try await pool.read(statement, Session.init(columns:))
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? {
        try await subjects(Statement(Query.subject, [.text(id.value)])).first
    }

    package func subject(usernameKey: String) async throws -> SubjectRecord? {
        try await subjects(Statement(Query.subjectByName, [.text(usernameKey)])).first
    }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await subjects(Statement(Query.users, [.text(name), .integer(limit)]))
    }

    package func signingKeys() async throws -> [SigningKeyRecord] {
        try await pool.read(Statement(Query.signingKeys), SigningKeyRecord.init(columns:))
    }

    package func client(_ id: ClientID) async throws -> ClientRecord? {
        try await clients(Statement(Query.client, [.text(id.value)])).first
    }

    package func clients() async throws -> [ClientRecord] { try await clients(Statement(Query.clients)) }

    package func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent] {
        let number = number ?? Int.max
        let statement =
            if let subject {
                Statement(Query.eventsOfSubject, [.text(subject.value), .integer(number), .integer(limit)])
            } else {
                Statement(Query.events, [.integer(number), .integer(limit)])
            }
        return try await pool.read(statement, StoredEvent.init(columns:))
    }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        let rows = try await pool.read(Statement(Query.revocations, [.integer(sequence), .integer(limit)])) { columns in
            (
                newest: columns.integer(0), oldest: columns.isNull(1) ? nil : columns.integer(1),
                entry: columns.isNull(2) ? nil : try RevocationRecord(columns: columns, from: 2)
            )
        }
        guard let first = rows.first else { throw Unavailable.store(CorruptRow(table: "feed")) }
        return RevocationPage(
            entries: rows.compactMap(\.entry), newest: first.newest,
            collected: first.oldest.map { $0 - 1 } ?? first.newest)
    }

    private func subjects(_ statement: Statement) async throws -> [SubjectRecord] {
        try await pool.read(statement) { try SubjectRecord(columns: $0, from: 0) }
    }

    private func clients(_ statement: Statement) async throws -> [ClientRecord] {
        try await pool.read(statement) { try ClientRecord(columns: $0, from: 0) }
    }
}
