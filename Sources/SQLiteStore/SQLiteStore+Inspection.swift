import GRDB

/// What tests look at.
extension SQLiteStore {
    /// The journal mode and `synchronous` (2 is FULL) of the writing connection.
    package func durability() throws -> (journalMode: String, synchronous: Int) {
        try pool.writeWithoutTransaction { database in
            (
                try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    package func appliedMigrations() throws -> [Int] {
        try pool.read { try Int.fetchAll($0, sql: "SELECT number FROM schema_migrations ORDER BY number") }
    }

    /// The queries whose cost must not grow with the tables.
    package static let hotQueries =
        Query.collect + [
            Query.session, Query.sessionsOfSubject, Query.subject, Query.subjectByName, Query.users,
            Query.activeSessions, Query.expiredSessions, Query.revocations, Query.updateToken, Query.updateSession,
            Query.deleteSession, Query.deleteToken, Query.events, Query.eventsOfSubject, Query.newestSession,
            Query.oldestRevocation,
            Query.client, Query.assertion,
        ]

    /// The steps of a query's plan.
    package func plan(of query: String) throws -> [String] {
        try pool.read { database in
            let statement = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + query)
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }
}
