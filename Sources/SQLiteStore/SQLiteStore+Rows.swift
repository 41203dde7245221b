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

    func family(_ id: SessionID) throws -> Family? {
        try one(Query.family, [id.uuid.data]).map(Family.init(row:))
    }

    func subject(_ id: SubjectID) throws -> Subject? {
        try one(Query.subject, [id.value]).map { try Subject(row: $0, from: 0) }
    }

    func subject(usernameKey: String) throws -> Subject? {
        try one(Query.subjectByName, [usernameKey]).map { try Subject(row: $0, from: 0) }
    }

    func signingKeys() throws -> [SigningKeyRecord] {
        try all(Query.signingKeys, []).map(SigningKeyRecord.init(row:))
    }

    func client(_ id: ClientID) throws -> Client? {
        try one(Query.client, [id.value]).map(Client.init(row:))
    }

    func clients() throws -> [Client] { try all(Query.clients, []).map(Client.init(row:)) }

    func sessions(of subject: SubjectID, activeSince since: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(all(Query.activeSessions, [subject.value, since.milliseconds, limit]))
    }

    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID] {
        try ids(all(Query.expiredSessions, [now.milliseconds, limit]))
    }

    func one(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }

    func all(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
    }

    private func ids(_ rows: [Row]) throws -> [SessionID] { try rows.map { try SessionID(column: $0[0]) } }
}
