import Foundation
import GRDB
import StoreRows
package import TokenCore

extension RestoreDraft {
    /// Takes over from the replaced database what must outlive it: what was used once, the entries of the feed that
    /// have not expired, and the feed's numbers. The numbers go on with a gap, so that every reader of the feed is
    /// behind the oldest entry and gets a reset.
    ///
    /// - Parameters:
    ///   - rules: the rules by which every session is ended; nil to end none.
    ///   - administrator: who ends them.
    /// - Throws: ``RestoreFailure/inUse(path:process:)``, or an error of GRDB about the copy.
    package func inherit(
        at now: Timestamp, endingSessionsBy rules: SessionRules?, as administrator: Administrator? = nil
    ) throws -> Inheritance {
        let ending = rules.map { SessionEnding(rules: $0, administrator: administrator) }
        let queue = try DatabaseQueue(path: path)
        defer { RestoreDraft.sync(path) }
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { database in
            try voidOneTimeLinks(in: database)
            let undone = try inheritFromReplaced(database, at: now, ending)
            if undone == nil {
                try inTransaction(database) {
                    try renumberFeed(in: database, after: newestNumber(of: "main", in: database) + Self.unknownFeedGap)
                    if let ending { try endSessions(in: database, alsoOfReplaced: false, ending, at: now) }
                }
            }
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
            return Inheritance(isComplete: undone != nil, undone: undone ?? [])
        }
    }

    /// How every session is ended.
    private struct SessionEnding {
        let rules: SessionRules
        let administrator: Administrator?
    }

    /// - Returns: what is undone; nil when the replaced database is missing or cannot be read.
    private func inheritFromReplaced(
        _ database: Database, at now: Timestamp, _ ending: SessionEnding?
    ) throws -> [EventRecord]? {
        guard FileManager.default.fileExists(atPath: self.database) else { return nil }
        var isAttached = false
        defer { if isAttached { try? database.execute(sql: "DETACH DATABASE replaced") } }
        do {
            try database.execute(sql: "ATTACH DATABASE ? AS replaced", arguments: [self.database])
            isAttached = true
            return try inTransaction(database) {
                let undone = try undoneEvents(in: database)
                try inheritRows(in: database, at: now)
                if let ending { try endSessions(in: database, alsoOfReplaced: true, ending, at: now) }
                return undone
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw RestoreFailure.inUse(path: self.database, process: nil)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw error
        } catch {
            // It is damaged, or no database of this program. A failure of the copy occurs again without it.
            return nil
        }
    }

    /// Voids the links of the copy: one of them may have been used, or become void, since the backup.
    private func voidOneTimeLinks(in database: Database) throws {
        // An older backup has no links.
        if try database.tableExists("one_time_links") { try database.run("DELETE FROM main.one_time_links") }
    }

    private func inTransaction<Value>(_ database: Database, _ body: () throws -> Value) throws -> Value {
        var value: Value?
        try database.inTransaction(.deferred) {
            value = try body()
            return .commit
        }
        guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return value
    }

    /// The kinds of events whose effect a restore takes back.
    private static let revoking: [EventRecord.Kind] = [
        .logout, .logoutAll, .reuseDetected, .rollbackDetected, .passwordChanged, .userDisabled, .userDeleted,
        .identityUnlinked, .upstreamLogout, .keyRevoked, .clientRemoved, .clientSecretRotated, .clientKeysChanged,
    ]

    private func undoneEvents(in database: Database) throws -> [EventRecord] {
        let kinds = RestoreDraft.revoking.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        // The oldest schema has no more columns than these.
        return try database.run(
            """
            SELECT o.event_id, o.kind, o.at, o.subject_id, o.session_id, o.client_id, o.address, o.detail, NULL,
                NULL
            FROM replaced.events o
            WHERE o.kind IN (\(kinds)) AND NOT EXISTS (
                SELECT 1 FROM main.events n WHERE n.event_id = o.event_id AND n.kind = o.kind AND n.at = o.at)
            ORDER BY o.event_id
            """
        ) { try EventRecord($0) }
    }

    private func inheritRows(in database: Database, at now: Timestamp) throws {
        let numbers = try ["main", "replaced"].map { try newestNumber(of: $0, in: database) }
        try inheritUses(in: database)
        // A kind that only a newer version knows is left out.
        try database.run(
            """
            INSERT OR IGNORE INTO main.revocations (kind, target, opened_before, at, expires_at)
            SELECT kind, target, opened_before, at, expires_at FROM replaced.revocations o
            WHERE o.expires_at > ? AND NOT EXISTS (
                SELECT 1 FROM main.revocations n
                WHERE n.kind = o.kind AND n.target = o.target AND n.opened_before IS o.opened_before AND n.at = o.at)
            ORDER BY o.sequence
            """,
            [.time(now)])
        try renumberFeed(in: database, after: (numbers.max() ?? 0) + 1)
    }

    /// Takes over what was used once. The replaced database may be one of an older version.
    private func inheritUses(in database: Database) throws {
        func replacedHas(_ table: String) throws -> Bool {
            try !database.run("PRAGMA replaced.table_info(\(table))", [], { _ in }).isEmpty
        }
        if try replacedHas("used_once") {
            try database.run("INSERT OR IGNORE INTO main.used_once SELECT * FROM replaced.used_once")
        } else if try replacedHas("client_assertions") {
            // As migration 9 does it.
            try database.run(
                """
                INSERT OR IGNORE INTO main.used_once
                SELECT 0, assertion_id, expires_at FROM replaced.client_assertions
                """)
        }
    }

    private func newestNumber(of schema: String, in database: Database) throws -> Int {
        let sql = "SELECT coalesce(max(seq), 0) FROM \(schema).sqlite_sequence WHERE name = 'revocations'"
        return try database.run(sql) { try $0.number(0, of: "feed") }.first ?? 0
    }

    /// Moves the entries of the feed above `number`, in their order.
    private func renumberFeed(in database: Database, after number: Int) throws {
        let extent = "SELECT coalesce(min(sequence), 0), coalesce(max(sequence), 0) FROM main.revocations"
        let (oldest, newest) = try database.run(extent) {
            (try $0.number(0, of: "feed"), try $0.number(1, of: "feed"))
        }[0]
        let start = max(number, newest)
        let isEmpty = newest == 0
        try database.run("UPDATE main.revocations SET sequence = sequence + ?", [.integer(start + 1 - oldest)])
        try database.run("DELETE FROM main.sqlite_sequence WHERE name = 'revocations'")
        try database.run(
            "INSERT INTO main.sqlite_sequence (name, seq) VALUES ('revocations', ?)",
            [.integer(isEmpty ? start : start + 1 + newest - oldest)])
    }

    /// Ends every session of the copy. The feed also names the subjects whose live sessions only the replaced database
    /// has.
    private func endSessions(
        in database: Database, alsoOfReplaced: Bool, _ ending: SessionEnding, at now: Timestamp
    ) throws {
        let others = alsoOfReplaced ? " UNION SELECT subject_id FROM replaced.sessions" : ""
        let query = "SELECT DISTINCT subject_id FROM main.sessions" + others
        let subjects = try database.run(query) { SubjectID($0.text(0)) }
        var remaining = subjects[...]
        while !remaining.isEmpty {
            let rows = SQLiteRows(database)
            var transaction = Transaction(rows: rows, rules: ending.rules, now: now)
            transaction.administrator = ending.administrator
            for subject in remaining.prefix(500) {
                let outcome = try EndAllSessions(by: .administrator(of: subject)).apply(to: &transaction)
                if case .ended(1...) = outcome { continue }
                transaction.publish(.subject(subject, openedBefore: now + .millisecond))
            }
            try rows.write(transaction.writeSet)
            remaining = remaining.dropFirst(500)
        }
    }
}
