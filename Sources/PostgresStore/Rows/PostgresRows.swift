import TokenCore

/// The rows as a transaction sees them, each locked before it is read.
///
/// READ COMMITTED, and locks taken in one order: registers, families, subjects, each kind by its key. Whoever changes a
/// family holds its token's row, and whoever changes a subject holds the subject's; each is read by a statement of its own that
/// begins when the lock is held, and so sees what the last holder has committed.
final class PostgresRows: Rows {
    let connection: PostgresConnection
    let deadline: ContinuousClock.Instant
    /// The subjects that were read under their lock; nil for one that there is not.
    private(set) var lockedSubjects: [SubjectID: SubjectRecord?] = [:]
    private(set) var lockedRegisters: Set<RowKeys.Register> = []
    /// The subjects that were read with a family of theirs, and may have been changed by another node since.
    private(set) var unlockedSubjects: Set<SubjectID> = []
    /// A row that cannot be read is the trouble of whoever asks for it, and of nobody else in the batch.
    private var sessions: [SessionID: Result<Session?, any Error>] = [:]
    private var clients: [ClientID: ClientRecord?] = [:]
    private var isSweeper: Bool?

    /// - Parameter deadline: when the transaction is given up.
    init(connection: PostgresConnection, deadline: ContinuousClock.Instant) {
        self.connection = connection
        self.deadline = deadline
    }

    /// Begins the transaction, and takes and reads in one round trip what the batch names.
    func begin(prefetching keys: RowKeys) throws {
        var statements = [Statement(Query.begin)]
        let registers = keys.registers.sorted { $0.rawValue < $1.rawValue }
        statements += registers.map(PostgresRows.lock)
        let ids = Array(keys.sessions)
        let clientNames = keys.clients.subtracting([.web]).map(\.value)
        let hasSubjects = !keys.subjects.isEmpty || !keys.sessionsWithSubject.isEmpty
        if !ids.isEmpty { statements.append(Statement(Query.lockTokens, [.ids(ids)])) }
        if hasSubjects {
            statements.append(
                Statement(
                    Query.lockSubjects,
                    [.texts(keys.subjects.map(\.value)), .ids(Array(keys.sessionsWithSubject))]))
        }
        if !ids.isEmpty { statements.append(Statement(Query.sessions, [.ids(ids)])) }
        if !clientNames.isEmpty { statements.append(Statement(Query.clientsByName, [.texts(clientNames)])) }

        var results = try connection.run(statements, until: deadline).dropFirst(1 + registers.count)
        lockedRegisters.formUnion(registers)
        let tokens = ids.isEmpty ? nil : results.popFirst()
        if hasSubjects, let subjects = results.popFirst() {
            for id in keys.subjects { lockedSubjects[id] = .some(nil) }
            try take(subjects: subjects)
        }
        if let tokens, let sessions = results.popFirst() { try take(ids, tokens: tokens, sessions: sessions) }
        if let found = results.popFirst() {
            for name in clientNames { clients[ClientID(name)] = .some(nil) }
            for client in try found.map({ try ClientRecord(columns: $0, from: 0) }) { clients[client.id] = client }
        }
    }

    func session(_ id: SessionID) throws -> Session? {
        if let known = sessions[id] { return try known.get() }
        let results = try run([Statement(Query.lockTokens, [.ids([id])]), Statement(Query.sessions, [.ids([id])])])
        try take([id], tokens: results[0], sessions: results[1])
        return try sessions[id]?.get() ?? nil
    }

    func subject(_ id: SubjectID) throws -> SubjectRecord? {
        if let known = lockedSubjects[id] { return known }
        lockedSubjects[id] = .some(nil)
        try take(subjects: run([Statement(Query.lockSubjects, [.texts([id.value]), .ids([])])])[0])
        return lockedSubjects[id] ?? nil
    }

    func subject(usernameKey: String) throws -> SubjectRecord? {
        try lock(.usernames)
        return try run([Statement(Query.subjectByName, [.text(usernameKey)])])[0]
            .map { try SubjectRecord(columns: $0, from: 0) }.first
    }

    func signingKeys() throws -> [SigningKeyRecord] {
        try lock(.signingKeys)
        return try run([Statement(Query.signingKeys)])[0].map(SigningKeyRecord.init(columns:))
    }

    func client(_ id: ClientID) throws -> ClientRecord? {
        if let known = clients[id] { return known }
        let client = try run([Statement(Query.client, [.text(id.value)])])[0]
            .map { try ClientRecord(columns: $0, from: 0) }.first
        clients[id] = .some(client)
        return client
    }

    func isUsed(_ assertion: AssertionID) throws -> Bool {
        try !run([Statement(Query.assertion, [.bytes(assertion.bytes)])])[0].map { _ in }.isEmpty
    }

    /// All that live, however long they have rested: another node may be rotating any of them at this moment.
    func sessions(of subject: SubjectID, activeSince since: Timestamp, limit: Int) throws -> [SessionID] {
        try run([Statement(Query.liveSessions, [.text(subject.value), .integer(limit)])])[0].map { try $0.id(0) }
    }

    func newestSession(of subject: SubjectID) throws -> SessionID? {
        try run([Statement(Query.newestSession, [.text(subject.value)])])[0].map { try $0.id(0) }.first
    }

    /// Those that nobody is using, and none when another node is sweeping.
    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID] {
        guard try becomeSweeper() else { return [] }
        let expired = try run([Statement(Query.expiredSessions, [.time(now), .integer(limit)])])[0]
            .map { try $0.id(0) }
        guard !expired.isEmpty else { return [] }
        let results = try run([
            Statement(Query.lockIdleTokens, [.ids(expired)]), Statement(Query.lockIdleSubjects, [.ids(expired)]),
            Statement(Query.sessions, [.ids(expired)]),
        ])
        try take(subjects: results[1])
        try take(expired, tokens: results[0], sessions: results[2])
        return try expired.filter { id in
            try sessions[id]?.get().map { lockedSubjects[$0.subject.id] != nil } ?? false
        }
    }

    /// One node sweeps at a time.
    ///
    /// - Returns: whether it is this one, until the end of the transaction.
    func becomeSweeper() throws -> Bool {
        if let isSweeper { return isSweeper }
        let isSweeper = try run([Statement(Query.tryLockSweeper)])[0].map { $0.boolean(0) }.first ?? false
        self.isSweeper = isSweeper
        return isSweeper
    }

    private func lock(_ register: RowKeys.Register) throws {
        guard !lockedRegisters.contains(register) else { return }
        _ = try run([PostgresRows.lock(register)])
        lockedRegisters.insert(register)
    }

    private static func lock(_ register: RowKeys.Register) -> Statement {
        Statement(Query.lockRegister, [.integer(register.rawValue)])
    }

    private func run(_ statements: [Statement]) throws -> [PostgresResult] {
        try connection.run(statements, until: deadline)
    }

    private func take(subjects: PostgresResult) throws {
        for subject in try subjects.map({ try SubjectRecord(columns: $0, from: 0) }) {
            // One that a command has seen before it was locked stays uncovered: the command holds what may be old by now.
            lockedSubjects[subject.id] = subject
        }
    }

    private func take(_ ids: [SessionID], tokens: PostgresResult, sessions: PostgresResult) throws {
        for id in ids { sessions[id] = .success(nil) }
        var records: [SessionID: Result<RefreshTokenRecord, any Error>] = [:]
        for (id, record) in try tokens.map({ columns in
            (try columns.id(0), Result { try RefreshTokenRecord(columns: columns, from: 1) })
        }) {
            records[id] = record
        }
        _ = try sessions.map { columns in
            let id = try columns.id(0)
            guard let record = records[id] else { return }
            sessions[id] = Result { try session(columns, record.get()) }
        }
    }

    private func session(_ columns: Columns, _ token: RefreshTokenRecord) throws -> Session {
        let session = try SessionRecord(columns: columns, from: 0)
        if session.client != .web {
            clients[session.client] = .some(columns.isNull(25) ? nil : try ClientRecord(columns: columns, from: 25))
        }
        if lockedSubjects[session.subject] == nil { unlockedSubjects.insert(session.subject) }
        return Session(session: session, token: token, subject: try SubjectRecord(columns: columns, from: 15))
    }
}
