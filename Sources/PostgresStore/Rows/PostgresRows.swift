import Libpq
import StoreRows
import TokenCore

/// The rows of a transaction, each locked before it is read.
///
/// The isolation level is READ COMMITTED. ``begin(prefetching:)`` takes all locks in one order: registers, webhooks,
/// sessions, subjects, each kind by its key. The lock on a session is the lock on the row of its token. A row is read
/// by a statement that starts after the lock was granted, and so sees what the last holder of the lock has committed.
///
/// No other method waits for a lock. A row that needs a lock and was not prefetched causes
/// ``TokenCore/RowsNotPrefetched``, so that no two transactions wait for each other.
final class PostgresRows: Rows {
    let connection: PostgresConnection
    let deadline: ContinuousClock.Instant
    /// The subjects that were read under their lock; nil for one that does not exist. A row that cannot be read fails
    /// the command that needs it, and no other command of the batch.
    private var lockedSubjects: [SubjectID: Result<SubjectRecord?, any Error>] = [:]
    /// The subjects that were read together with a session, without a lock. Another node may have changed them since.
    private var unlockedSubjects: Set<SubjectID> = []
    private var lockedRegisters: Set<RowKeys.Register> = []
    private var lockedWebhooks: Set<WebhookName> = []
    /// As ``lockedSubjects``.
    private var sessions: [SessionID: Result<Session?, any Error>] = [:]
    private var clients: [ClientID: ClientRecord?] = [:]
    /// The identities that were read under the locks of their subjects; nil for one that does not exist.
    private var identities: [IdentityID: IdentityRecord?] = [:]
    /// Whether something was used once before, as far as that is known.
    private var uses: [UsedOnce: Bool] = [:]
    private var isSweeper: Bool?

    /// - Parameter deadline: when the transaction is given up.
    init(connection: PostgresConnection, deadline: ContinuousClock.Instant) {
        self.connection = connection
        self.deadline = deadline
    }
}

// MARK: - Locks

extension PostgresRows {
    /// Begins the transaction; locks and reads the rows of a batch in one round trip.
    func begin(prefetching keys: RowKeys) throws {
        let registers = keys.registers.sorted { $0.rawValue < $1.rawValue }
        let ids = Array(keys.sessions)
        let clientNames = keys.clients.map(\.value)
        let identityKeys = PostgresValue.blobs(keys.identities.map(\.bytes))
        let hasSubjects =
            !keys.subjects.isEmpty || !keys.sessionsWithSubject.isEmpty || !keys.identities.isEmpty
        var statements = [Statement(Queries.begin)]
        statements += registers.map { Statement(Queries.lockRegister, [.integer($0.rawValue)]) }
        if !keys.webhooks.isEmpty {
            statements.append(Statement(Queries.lockWebhooks, [.texts(keys.webhooks.map(\.value))]))
        }
        let lockCount = statements.count
        if !ids.isEmpty { statements.append(Statement(sql.lockTokens, [.ids(ids)])) }
        if hasSubjects {
            statements.append(
                Statement(
                    sql.lockSubjects,
                    [.texts(keys.subjects.map(\.value)), .ids(Array(keys.sessionsWithSubject)), identityKeys]))
        }
        if !ids.isEmpty { statements.append(Statement(sql.lockedSessions, [.ids(ids)])) }
        if !keys.identities.isEmpty { statements.append(Statement(sql.lockedIdentities, [identityKeys])) }
        if !clientNames.isEmpty { statements.append(Statement(sql.clientsByName, [.texts(clientNames)])) }
        if !keys.uses.isEmpty { statements.append(PostgresRows.search(for: keys.uses)) }

        var results = try run(statements).dropFirst(lockCount)
        lockedRegisters.formUnion(registers)
        lockedWebhooks.formUnion(keys.webhooks)
        let tokens = ids.isEmpty ? nil : results.popFirst()
        if hasSubjects, let subjects = results.popFirst() {
            for id in keys.subjects { lockedSubjects[id] = .success(nil) }
            take(subjects: subjects)
        }
        if let tokens, let sessions = results.popFirst() { try take(ids, tokens: tokens, sessions: sessions) }
        if !keys.identities.isEmpty, let found = results.popFirst() {
            for id in keys.identities { identities[id] = .some(nil) }
            try found.forEach { columns in
                let identity = try IdentityRecord(columns)
                identities[identity.id] = identity
            }
        }
        if !clientNames.isEmpty, let found = results.popFirst() {
            for name in clientNames { clients[ClientID(name)] = .some(nil) }
            try found.forEach { columns in
                let client = try ClientRecord(columns)
                clients[client.id] = client
            }
        }
        if let found = results.popFirst() { take(keys.uses, found: found) }
    }

    /// - Throws: ``TokenCore/RowsNotPrefetched`` when a write set changes what was not locked before it was read.
    func requireLocks(for writeSet: WriteSet) throws {
        var missing = RowKeys()
        for (id, subject) in writeSet.subjects {
            // A command has read the subject with a session before the sweeper locked it. The next run locks it first.
            if unlockedSubjects.contains(id) {
                missing.subjects.insert(id)
                continue
            }
            let known = try lockedSubjects[id]?.get()
            if subject.account?.usernameKey != known?.account?.usernameKey
                || subject.account?.foldedUsername != known?.account?.foldedUsername
            {
                missing.registers.insert(.usernames)
            }
        }
        if !writeSet.clients.isEmpty || !writeSet.removedClients.isEmpty { missing.registers.insert(.clients) }
        if !writeSet.signingKeys.isEmpty || !writeSet.removedSigningKeys.isEmpty {
            missing.registers.insert(.signingKeys)
        }
        missing.registers.subtract(lockedRegisters)
        missing.webhooks = Set(writeSet.webhookCursors.keys).subtracting(lockedWebhooks)
        if !missing.isEmpty { throw RowsNotPrefetched(missing) }
    }

    /// Whether a subject that the transaction has locked exists.
    func isStored(_ id: SubjectID) -> Bool {
        guard let known = lockedSubjects[id] else { return false }
        if case .success(nil) = known { return false }
        return true
    }

    /// One node sweeps at a time.
    ///
    /// - Returns: whether this node sweeps, until the end of the transaction.
    func becomeSweeper() throws -> Bool {
        if let isSweeper { return isSweeper }
        let isSweeper = try run(Queries.tryLockSweeper) { $0.boolean(0) }.first ?? false
        self.isSweeper = isSweeper
        return isSweeper
    }

    private func require(_ register: RowKeys.Register) throws {
        guard lockedRegisters.contains(register) else { throw RowsNotPrefetched { $0.registers.insert(register) } }
    }
}

// MARK: - Rows

extension PostgresRows {
    func session(_ id: SessionID) throws -> Session? {
        // The command may end the session, and so change its subject.
        guard let known = sessions[id] else { throw RowsNotPrefetched { $0.insert(sessionWithSubject: id) } }
        return try known.get()
    }

    func subject(_ id: SubjectID) throws -> SubjectRecord? {
        guard let known = lockedSubjects[id] else { throw RowsNotPrefetched { $0.subjects.insert(id) } }
        return try known.get()
    }

    func subjects(named keys: UsernameKeys) throws -> [SubjectRecord] {
        try require(.usernames)
        return try run(sql.subjectsByName, [.text(keys.exact), .text(keys.folded)]) { try SubjectRecord($0) }
    }

    func subjects(namedAnyOf names: [UsernameKeys]) throws -> [SubjectRecord] {
        try require(.usernames)
        let values: [PostgresValue] = [.texts(names.map(\.exact)), .texts(names.map(\.folded))]
        return try run(sql.subjectsByNames, values) { try SubjectRecord($0) }
    }

    func signingKeys() throws -> [SigningKeyRecord] {
        try require(.signingKeys)
        return try run(Queries.signingKeys) { try SigningKeyRecord($0) }
    }

    func client(_ id: ClientID) throws -> ClientRecord? {
        if let known = clients[id] { return known }
        let client = try run(sql.client, [.text(id.value)]) { try ClientRecord($0) }.first
        clients[id] = .some(client)
        return client
    }

    func isUsed(_ use: UsedOnce) throws -> Bool {
        if let known = uses[use] { return known }
        take([use], found: try run([PostgresRows.search(for: [use])])[0])
        return uses[use] ?? false
    }

    /// The lock on a link is the lock on its subject.
    func oneTimeLink(of subject: SubjectID) throws -> OneTimeLink? {
        guard lockedSubjects[subject] != nil else { throw RowsNotPrefetched { $0.subjects.insert(subject) } }
        return try run(sql.oneTimeLinkOfSubject, [.text(subject.value)]) { try OneTimeLink($0) }.first
    }

    /// Returns all open sessions, whenever they were rotated: another node may be rotating any of them now.
    func openSessions(of subject: SubjectID, rotatedSince since: Timestamp, limit: Int) throws -> [SessionID] {
        try run(sql.openSessionIDs, [.text(subject.value), .integer(limit)]) { try $0.sessionID(0) }
    }

    func sessionUses(of subject: SubjectID, in epoch: Timestamp, limit: Int) throws -> [SessionUse] {
        try run(sql.sessionUses, [.text(subject.value), .time(epoch), .integer(limit)]) { try SessionUse($0) }
    }

    func prepare(_ sessions: [SessionID], spare: [SessionID]) throws {
        guard sessions.contains(where: { self.sessions[$0] == nil }) else { return }
        throw RowsNotPrefetched { keys in for id in sessions + spare { keys.insert(sessionWithSubject: id) } }
    }

    func identity(_ id: IdentityID) throws -> IdentityRecord? {
        guard let known = identities[id] else { throw RowsNotPrefetched { $0.identities.insert(id) } }
        return known
    }

    func identities(of subject: SubjectID, limit: Int) throws -> [IdentityRecord] {
        try run(sql.identitiesOfSubject, [.text(subject.value), .integer(limit)]) { try IdentityRecord($0) }
    }

    func openSessions(_ wanted: UpstreamSessions, openedBefore time: Timestamp, limit: Int) throws -> [SessionID] {
        let bounds: [PostgresValue] = [.time(time), .integer(limit)]
        switch wanted {
        case .ofIdentity(let id):
            return try run(sql.openSessionsOfIdentity, [.bytes(id.bytes)] + bounds) { try $0.sessionID(0) }
        case .ofUpstream(let id, let identity):
            let narrowed = identity.map { PostgresValue.bytes($0.bytes) } ?? .null
            return try run(sql.openSessionsOfUpstream, [.bytes(id.bytes), narrowed] + bounds) { try $0.sessionID(0) }
        }
    }

    func newestSession(of subject: SubjectID) throws -> SessionID? {
        try run(sql.newestSession, [.text(subject.value)]) { try $0.sessionID(0) }.first
    }

    /// Returns none while another node sweeps. Leaves out sessions that are in use.
    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID] {
        guard try becomeSweeper() else { return [] }
        let expired = try run(sql.expiredSessions, [.time(now), .integer(limit)]) { try $0.sessionID(0) }
        guard !expired.isEmpty else { return [] }
        let results = try run([
            Statement(sql.lockIdleTokens, [.ids(expired)]), Statement(sql.lockIdleSubjects, [.ids(expired)]),
            Statement(sql.lockedSessions, [.ids(expired)]),
        ])
        take(subjects: results[1])
        try take(expired, tokens: results[0], sessions: results[2])
        return try expired.filter { id in
            try sessions[id]?.get().map { lockedSubjects[$0.subject.id] != nil } ?? false
        }
    }
}

extension PostgresRows {
    func eventNumbers() throws -> ClosedRange<Int>? {
        guard try becomeSweeper() else { return nil }
        return try run(sql.eventNumbers) { columns in
            guard let oldest = try columns.optionalNumber(0, of: "events") else { return nil as ClosedRange<Int>? }
            return oldest...max(oldest, try columns.number(1, of: "events"))
        }.first ?? nil
    }

    func newestEventNumber() throws -> Int {
        try run(sql.eventNumbers) { try $0.optionalNumber(1, of: "events") }.first.flatMap { $0 } ?? 0
    }

    func webhookCursor(_ name: WebhookName) throws -> WebhookCursor? {
        guard lockedWebhooks.contains(name) else { throw RowsNotPrefetched { $0.webhooks.insert(name) } }
        return try run(Queries.webhookCursor, [.text(name.value)]) { try WebhookCursor($0) }.first
    }

    func hasExpiredRows(at now: Timestamp, beyond limit: Int) throws -> Bool {
        guard try becomeSweeper() else { return false }
        let values: [PostgresValue] = [.time(now), .integer(limit)]
        return try run(sql.hasExpiredRows.map { Statement($0, values) }).contains { !$0.map { _ in }.isEmpty }
    }
}

// MARK: - Reading

extension PostgresRows {
    private func run(_ statements: [Statement]) throws -> [PostgresResult] {
        try connection.run(statements, until: deadline)
    }

    private func run<Value>(
        _ sql: String, _ values: [PostgresValue] = [], _ read: (PostgresColumns) throws -> Value
    ) throws -> [Value] {
        try run([Statement(sql, values)])[0].map(read)
    }

    /// A subject that was read before it was locked stays among ``unlockedSubjects``: a command may hold the old row.
    private func take(subjects: PostgresResult) {
        subjects.forEach { columns in
            lockedSubjects[SubjectID(columns.text(0))] = Result { try SubjectRecord(columns) }
        }
    }

    private static func search(for uses: Set<UsedOnce>) -> Statement {
        Statement(sql.usedOnce, [.integers(uses.map(\.namedAt)), .blobs(uses.map(\.hash))])
    }

    private func take(_ uses: Set<UsedOnce>, found: PostgresResult) {
        let found = Set(found.map { UsedOnce.Key(namedAt: $0.integer(0), hash: $0.bytes(1)) })
        for use in uses { self.uses[use] = found.contains(use.key) }
    }

    private func take(_ ids: [SessionID], tokens: PostgresResult, sessions: PostgresResult) throws {
        for id in ids { self.sessions[id] = .success(nil) }
        var records: [SessionID: Result<RefreshTokenRecord, any Error>] = [:]
        try tokens.forEach { columns in
            records[try columns.sessionID(0)] = Result { try RefreshTokenRecord(columns, from: 1) }
        }
        try sessions.forEach { columns in
            let id = try columns.sessionID(0)
            guard let record = records[id] else { return }
            self.sessions[id] = Result { try session(columns, token: record.get()) }
        }
    }

    private func session(_ columns: PostgresColumns, token: RefreshTokenRecord) throws -> Session {
        let session = try Session(columns, token: token)
        clients[session.record.client] = .some(session.client)
        if lockedSubjects[session.subject.id] == nil { unlockedSubjects.insert(session.subject.id) }
        return session
    }
}
