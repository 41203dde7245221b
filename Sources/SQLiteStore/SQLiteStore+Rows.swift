import GRDB
import TokenCore

/// A database file that does not hold what this program wrote.
struct CorruptRow: Error, CustomStringConvertible {
    let table: String
    var description: String { "a row of the table \(table) does not hold what it should" }
}

/// The rows as a transaction sees them.
struct SQLiteRows: Rows {
    let database: Database

    func session(_ id: SessionID) throws -> Session? {
        try database.run(Query.session, [.blob(id.uuid.bytes)], Session.init(columns:)).first
    }

    func subject(_ id: SubjectID) throws -> SubjectRecord? {
        try database.run(Query.subject, [.text(id.value)]) { try SubjectRecord(columns: $0, from: 0) }.first
    }

    func subject(usernameKey: String) throws -> SubjectRecord? {
        try database.run(Query.subjectByName, [.text(usernameKey)]) { try SubjectRecord(columns: $0, from: 0) }.first
    }

    func signingKeys() throws -> [SigningKeyRecord] {
        try database.run(Query.signingKeys, [], SigningKeyRecord.init(columns:))
    }

    func client(_ id: ClientID) throws -> ClientRecord? {
        try database.run(Query.client, [.text(id.value)], ClientRecord.init(columns:)).first
    }

    func isUsed(_ assertion: AssertionID) throws -> Bool {
        try !database.run(Query.assertion, [.blob(assertion.bytes)]) { _ in }.isEmpty
    }

    func sessions(of subject: SubjectID, activeSince since: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(Query.activeSessions, [.text(subject.value), .time(since), .integer(limit)])
    }

    func newestSession(of subject: SubjectID) throws -> SessionID? {
        try ids(Query.newestSession, [.text(subject.value)]).first
    }

    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(Query.expiredSessions, [.time(now), .integer(limit)])
    }

    private func ids(_ sql: String, _ values: [SQLiteValue]) throws -> [SessionID] {
        try database.run(sql, values) { try SessionID(column: $0.blob(0)) }
    }
}
