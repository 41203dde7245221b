import GRDB
import StoreRows
import TokenCore

/// The rows of a transaction, or of look-ups.
final class SQLiteRows: Rows {
    private let database: Database
    /// The statement that was run last. A batch runs the same few statements many times in a row, and to look one up
    /// costs a hash of its text.
    private var last: (sql: String, statement: Statement)?

    /// The clients that were read: all sessions of a batch are mostly of a few.
    private var clients: [ClientID: ClientRecord?] = [:]

    /// The sessions that look-ups have read.
    private var sessions: [SessionID: Session] = [:]
    private let isForLookUps: Bool
    /// How many sessions, and how many clients, are kept.
    private let limit = 1024

    /// - Parameter isForLookUps: whether sessions are read with their devices, and once until ``forget()``. A batch of
    ///   commands needs no device, and keeps its sessions itself.
    init(_ database: Database, isForLookUps: Bool = false) {
        self.database = database
        self.isForLookUps = isForLookUps
    }

    /// Lets the next look-ups read their rows again.
    func forget() {
        clients = [:]
        sessions = [:]
    }

    func session(_ id: SessionID) throws -> Session? {
        if let known = sessions[id] { return known }
        let statement = isForLookUps ? sql.sessionWithDevice : sql.session
        let session = try first(statement, [.id(id)]) { columns in
            try Session(columns, hasDevice: isForLookUps) { try client($0) }
        }
        guard isForLookUps, let session else { return session }
        if sessions.count >= limit { sessions = [:] }
        sessions[id] = session
        return session
    }

    func subject(_ id: SubjectID) throws -> SubjectRecord? {
        try first(sql.subject, [.text(id.value)]) { try SubjectRecord($0) }
    }

    func subjects(named keys: UsernameKeys) throws -> [SubjectRecord] {
        let values: [SQLiteValue] = [.text(keys.exact), .text(keys.folded), .text(keys.exact)]
        return try database.run(sql.subjectsByName, values) { try SubjectRecord($0) }
    }

    func signingKeys() throws -> [SigningKeyRecord] {
        try database.run(Queries.signingKeys) { try SigningKeyRecord($0) }
    }

    func client(_ id: ClientID) throws -> ClientRecord? {
        if let known = clients[id] { return known }
        let client = try first(sql.client, [.text(id.value)]) { try ClientRecord($0) }
        if clients.count >= limit { clients = [:] }
        clients[id] = .some(client)
        return client
    }

    func isUsed(_ use: UsedOnce) throws -> Bool {
        try first(sql.usedOnce, [.integer(use.namedAt), .blob(use.hash)]) { _ in } != nil
    }

    func oneTimeLink(of subject: SubjectID) throws -> OneTimeLink? {
        try first(sql.oneTimeLinkOfSubject, [.text(subject.value)]) { try OneTimeLink($0) }
    }

    func openSessions(of subject: SubjectID, rotatedSince since: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(sql.openSessionIDs, [.text(subject.value), .time(since), .integer(limit)])
    }

    func sessionUses(of subject: SubjectID, in epoch: Timestamp, limit: Int) throws -> [SessionUse] {
        try database.run(sql.sessionUses, [.text(subject.value), .time(epoch), .integer(limit)]) { try SessionUse($0) }
    }

    func identity(_ id: IdentityID) throws -> IdentityRecord? {
        try first(sql.identity, [.blob(id.bytes)]) { try IdentityRecord($0) }
    }

    func identities(of subject: SubjectID, limit: Int) throws -> [IdentityRecord] {
        try database.run(sql.identitiesOfSubject, [.text(subject.value), .integer(limit)]) { try IdentityRecord($0) }
    }

    func openSessions(_ wanted: UpstreamSessions, openedBefore time: Timestamp, limit: Int) throws -> [SessionID] {
        let bounds: [SQLiteValue] = [.time(time), .integer(limit)]
        return switch wanted {
        case .ofIdentity(let id): try ids(sql.openSessionsOfIdentity, [.blob(id.bytes)] + bounds)
        case .ofUpstream(let id, let identity):
            try ids(sql.openSessionsOfUpstream, [.blob(id.bytes), .blob(identity?.bytes)] + bounds)
        }
    }

    func newestSession(of subject: SubjectID) throws -> SessionID? {
        try first(sql.newestSession, [.text(subject.value)]) { try $0.sessionID(0) }
    }

    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(sql.expiredSessions, [.time(now), .integer(limit)])
    }

    func eventNumbers() throws -> ClosedRange<Int>? {
        guard let oldest = try first(sql.oldestEvent, [], { try $0.optionalNumber(0, of: "events") }) ?? nil,
            let newest = try first(sql.newestEvent, [], { try $0.optionalNumber(0, of: "events") }) ?? nil
        else { return nil }
        return oldest...max(oldest, newest)
    }

    func newestEventNumber() throws -> Int {
        (try first(sql.newestEvent, [], { try $0.optionalNumber(0, of: "events") }) ?? nil) ?? 0
    }

    func webhookCursor(_ name: WebhookName) throws -> WebhookCursor? {
        try first(Queries.webhookCursor, [.text(name.value)]) { try WebhookCursor($0) }
    }

    func hasExpiredRows(at now: Timestamp, beyond limit: Int) throws -> Bool {
        try sql.hasExpiredRows.contains { try first($0, [.time(now), .integer(limit)]) { _ in } != nil }
    }

    /// Writes what a transaction has changed.
    func write(_ writeSet: WriteSet) throws {
        try writeSet.forEachStatement { sql, values in try database.run(prepared(sql), values) { _ in } }
    }

    private func ids(_ sql: String, _ values: [SQLiteValue]) throws -> [SessionID] {
        try database.run(sql, values) { try $0.sessionID(0) }
    }

    private func first<Value>(
        _ sql: String, _ values: [SQLiteValue], _ read: (SQLiteColumns) throws -> Value
    ) throws -> Value? {
        var first: Value?
        try database.run(prepared(sql), values) { first = try read($0) }
        return first
    }

    private func prepared(_ sql: String) throws -> Statement {
        if let last, last.sql == sql { return last.statement }
        let statement = try database.cachedStatement(sql: sql)
        last = (sql, statement)
        return statement
    }
}
