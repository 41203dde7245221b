/// What tests and `heirloom doctor` look at.
extension PostgresStore {
    /// What a setting is on the connections that write.
    package func setting(_ name: String) throws -> String {
        try look("SELECT current_setting('\(name)')") { $0.text(0) }.first ?? ""
    }

    package func appliedMigrations() throws -> [Int] {
        try look("SELECT number FROM schema_migrations ORDER BY number") { $0.integer(0) }
    }

    package func tables() throws -> [String] {
        try look("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1") { $0.text(0) }
    }

    /// The largest number of token rows that a family has.
    package func largestFamily() throws -> Int {
        try look("SELECT count(*) FROM refresh_tokens GROUP BY session_id ORDER BY 1 DESC LIMIT 1") { $0.integer(0) }
            .first ?? 0
    }

    /// Settings of the server under which an answered write may be lost, each with what to do.
    package func unsafeSettings() throws -> [String] {
        try ["fsync", "full_page_writes"].filter { try setting($0) == "off" }.map {
            "\($0) is off: a crash of the server's machine loses or corrupts what was answered; turn it on"
        }
    }

    /// The queries whose cost must not grow with the tables, by name.
    package static let hotQueries =
        Query.collect + [
            Query.lockTokens, Query.lockSubjects, Query.sessions, Query.clientsByName, Query.expiredSessions,
            Query.lockIdleTokens, Query.lockIdleSubjects, Query.session, Query.sessionsOfSubject, Query.subject,
            Query.subjectByName, Query.users, Query.liveSessions, Query.newestSession, Query.client, Query.assertion,
            Query.eventsOfSubject, Query.events, Query.revocations, Query.updateSubjects, Query.updateSessions,
            Query.updateTokens, Query.deleteSessions, Query.deleteTokens,
        ]

    /// The plan that the server has for a query, whatever it is given, a step a line.
    package func plan(of query: String) throws -> [String] {
        let (connection, _) = try writers.take()
        defer { writers.give(connection) }
        let count = (1...20).last { query.contains("$\($0)::") } ?? 0
        let nulls = count == 0 ? "" : "(" + Array(repeating: "NULL", count: count).joined(separator: ", ") + ")"
        try connection.run(script: "PREPARE plan AS \(query)", until: .now + PostgresStore.timeout)
        defer { try? connection.run(script: "DEALLOCATE plan", until: .now + PostgresStore.timeout) }
        return try connection.run(
            [Statement("EXPLAIN (COSTS OFF) EXECUTE plan\(nulls)")], until: .now + PostgresStore.timeout)[0]
            .map { $0.text(0) }
    }

    private func look<Value>(_ sql: String, _ read: (Columns) throws -> Value) throws -> [Value] {
        let (connection, _) = try writers.take()
        defer { writers.give(connection) }
        return try connection.run([Statement(sql)], until: .now + PostgresStore.timeout)[0].map(read)
    }
}
