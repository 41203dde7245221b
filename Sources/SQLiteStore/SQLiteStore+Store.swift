import GRDB
package import TokenCore

extension SQLiteStore: Store {
    package func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, prefetching _: RowKeys, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        try pool.writeWithoutTransaction { database in
            var outcome: Outcome?
            var written = 0
            do {
                try database.inTransaction(.immediate) {
                    var transaction = Transaction(rows: SQLiteRows(database: database), rules: rules, now: now)
                    outcome = try body(&transaction)
                    written = try write(transaction.writeSet, at: now, in: database)
                    return .commit
                }
            } catch {
                // When the disk is full, the log may be what fills it.
                checkpointer.request()
                throw error
            }
            if checkpointer.committed(pages: written) { _ = try? database.checkpoint(.restart) }
            guard let outcome else { throw CorruptRow(table: "none") }
            return outcome
        }
    }

    package func session(_ id: SessionID) async throws -> Session? {
        try await lookUps.read { try $0.sessionAndClient(id) }
    }

    package func session(
        _ id: SessionID, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        try await lookUps.read { rows in (try rows.sessionAndClient(id), try rows.client(client)) }
    }

    package func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session] {
        try await read { rows in
            guard let subject else {
                return try rows.database.run(Query.sessions, [.integer(limit)], Session.init(columns:))
            }
            return try rows.database.run(
                Query.sessionsOfSubject, [.text(subject.value), .integer(limit)], Session.init(columns:))
        }
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? {
        try await lookUps.read { try $0.subject(id) }
    }

    package func subject(usernameKey: String) async throws -> SubjectRecord? {
        try await lookUps.read { try $0.subject(usernameKey: usernameKey) }
    }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await read {
            try $0.database.run(Query.users, [.text(name), .integer(limit)]) { try SubjectRecord(columns: $0, from: 0) }
        }
    }

    package func signingKeys() async throws -> [SigningKeyRecord] {
        try await lookUps.read { try $0.signingKeys() }
    }

    package func client(_ id: ClientID) async throws -> ClientRecord? {
        try await lookUps.read { try $0.client(id) }
    }

    package func clients() async throws -> [ClientRecord] {
        try await read { try $0.database.run(Query.clients, [], ClientRecord.init(columns:)) }
    }

    package func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent] {
        let bounds: [SQLiteValue] = [.integer(number ?? .max), .integer(limit)]
        return try await read { rows in
            guard let subject else {
                return try rows.database.run(Query.events, bounds, StoredEvent.init(columns:))
            }
            return try rows.database.run(
                Query.eventsOfSubject, [.text(subject.value)] + bounds, StoredEvent.init(columns:))
        }
    }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        try await read { rows in
            let entries = try rows.database.run(
                Query.revocations, [.integer(sequence), .integer(limit)], RevocationRecord.init(columns:))
            let newest = try rows.database.run(Query.newestRevocation) { $0.integer(0) }.first ?? 0
            let oldest = try rows.database.run(Query.oldestRevocation) { $0.integer(0) }.first ?? 0
            return RevocationPage(entries: entries, newest: newest, collected: oldest > 0 ? oldest - 1 : newest)
        }
    }

    /// Longer reads, beside each other and beside the look-ups.
    private func read<Value: Sendable>(_ body: @escaping @Sendable (SQLiteRows) throws -> Value) async throws -> Value {
        do {
            return try await pool.read { try body(SQLiteRows(database: $0)) }
        } catch {
            throw Unavailable.store(error)
        }
    }

    /// - Returns: about how many pages that dirtied.
    private func write(_ writeSet: WriteSet, at now: Timestamp, in database: Database) throws -> Int {
        let run = database.run(_:_:)
        // The nameless first: a name that was given up in this batch may be taken in it.
        let (named, nameless) = (
            writeSet.subjects.values.filter { $0.account != nil }, writeSet.subjects.values.filter { $0.account == nil }
        )
        for subject in nameless + named { try run(Query.saveSubject, subject.values) }
        for session in writeSet.openedSessions.values { try run(Query.insertSession, session.values) }
        for session in writeSet.changedSessions.values {
            try run(
                Query.updateSession,
                [
                    .time(session.epoch), .time(session.ending?.at), .text(session.ending?.reason.rawValue),
                    .text(session.ending?.detail), .blob(session.id.uuid.bytes),
                ])
        }
        for (id, token) in writeSet.tokens {
            try run(
                writeSet.openedSessions[id] == nil ? Query.updateToken : Query.insertToken, token.values(of: id))
        }
        for id in writeSet.collectedSessions {
            try run(Query.deleteSession, [.blob(id.uuid.bytes)])
            try run(Query.deleteToken, [.blob(id.uuid.bytes)])
        }
        for id in writeSet.removedSigningKeys { try run(Query.deleteSigningKey, [.text(id)]) }
        for key in writeSet.signingKeys.values { try run(Query.saveSigningKey, key.values) }
        for id in writeSet.removedClients { try run(Query.deleteClient, [.text(id.value)]) }
        for client in writeSet.clients.values { try run(Query.saveClient, client.values) }
        for (id, end) in writeSet.usedAssertions { try run(Query.insertAssertion, [.blob(id.bytes), .time(end)]) }
        for event in writeSet.events { try run(Query.insertEvent, event.values) }
        for revocation in writeSet.revocations { try run(Query.insertRevocation, revocation.values) }
        // Rewrites the file's first page with what is there.
        if writeSet.isWriteProbed { try database.execute(sql: "PRAGMA user_version = 0") }
        if writeSet.collectLimit > 0 {
            for sql in Query.collect { try run(sql, [.time(now), .integer(writeSet.collectLimit)]) }
        }
        return writeSet.tokens.count + 4 * writeSet.openedSessions.count + writeSet.events.count
            + writeSet.revocations.count + writeSet.subjects.count + writeSet.collectedSessions.count
            + 2 * writeSet.usedAssertions.count
    }
}
