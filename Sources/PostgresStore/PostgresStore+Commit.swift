import CoreMetrics
import Libpq
import StoreRows
import Synchronization
package import TokenCore

extension PostgresStore {
    private static let conflictLimit = 10

    private enum Attempt {
        case committed
        /// Another transaction came first.
        case conflict
        /// The transaction needs these rows too.
        case incomplete(RowKeys)
    }

    /// Runs `body` in a transaction. Begins a new transaction after a conflict, and when `body` needed rows that were
    /// not prefetched.
    ///
    /// A commit that the server has not answered is not tried again, because its outcome is unknown. The caller's next
    /// request finds it out by the rules: a refresh token that was used is then a retry.
    package func commit(
        prefetching keys: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet
    ) throws {
        guard !isClosed.withLock({ $0 }) else { throw Unavailable.shuttingDown }
        var keys = keys()
        let deadline = ContinuousClock.now + (keys.isBulk ? PostgresStore.bulkTimeout : PostgresStore.timeout)
        var conflicts = 0
        while conflicts < PostgresStore.conflictLimit, ContinuousClock.now < deadline {
            switch try attempt(prefetching: keys, until: deadline, body) {
            case .committed: return
            case .conflict: conflicts += 1
            case .incomplete(let missing):
                restarts.increment()
                let known = keys
                keys.formUnion(missing)
                if keys == known { conflicts += 1 }
            }
        }
        throw TransactionFailure(PostgresFailure.contended)
    }

    private func attempt(
        prefetching keys: RowKeys, until deadline: ContinuousClock.Instant, _ body: (any Rows) throws -> WriteSet
    ) throws -> Attempt {
        let (connection, isUsed): (PostgresConnection, Bool)
        do { (connection, isUsed) = try writers.take() } catch { throw TransactionFailure(error) }
        let rows = PostgresRows(connection: connection, deadline: deadline)
        var isInBody = false
        do {
            if keys.isBulk { try connection.liftTimeouts(until: deadline) }
            try rows.begin(prefetching: keys)
            isInBody = true
            let writeSet = try body(rows)
            isInBody = false
            try rows.requireLocks(for: writeSet)
            try commit(writeSet, rows)
            // Without its time-outs the connection is of no further use.
            if !keys.isBulk { writers.give(connection) }
            return .committed
        } catch let missing as RowsNotPrefetched {
            rollBack(connection)
            return .incomplete(missing.keys)
        } catch {
            if try recover(from: error, on: connection, wasUsed: isUsed, keys), ContinuousClock.now < deadline {
                return .conflict
            }
            let isOfCommand = isInBody && !((error as? PostgresFailure)?.isOfTransaction ?? false)
            throw isOfCommand ? error : TransactionFailure(error)
        }
    }

    /// Ends a transaction that failed, and gives back, keeps or closes its connection.
    ///
    /// - Returns: whether it may succeed in another attempt.
    /// - Throws: ``TokenCore/RowsInUse``
    private func recover(
        from error: any Error, on connection: PostgresConnection, wasUsed: Bool, _ keys: RowKeys
    ) throws -> Bool {
        let failure = error as? PostgresFailure
        if connection.isSilent, failure?.isOutcomeUnknown == true {
            writers.keepPending(connection)
            return false
        }
        if connection.isBroken || failure?.isOfConnection == true {
            writers.lost()
            // A used connection may have been lost while it was idle.
            return wasUsed && failure?.isOutcomeUnknown == false
        }
        rollBack(connection)
        if failure?.isOfLock == true, let inUse = try? rowsInUse(keys) { throw inUse }
        return failure?.isConflict == true
    }

    private func rollBack(_ connection: PostgresConnection) {
        do {
            _ = try connection.run([Statement(Queries.rollback)], until: .now + .seconds(1))
            writers.give(connection)
        } catch {
            // The server rolls back when the connection closes.
            writers.lost()
        }
    }

    /// The rows of a batch that other transactions hold; nil when none is held any more.
    private func rowsInUse(_ keys: RowKeys) throws -> RowsInUse? {
        let (connection, _) = try writers.take()
        let results = try connection.run(
            [
                Statement(sql.tokensInUse, [.ids(Array(keys.sessions))]),
                Statement(sql.subjectsOfSessions, [.ids(Array(keys.sessionsWithSubject))]),
                Statement(sql.subjectsOfIdentities, [.blobs(keys.identities.map(\.bytes))]),
            ], until: .now + .seconds(1))
        let subjectOf = try results[1].map { (try $0.sessionID(0), SubjectID($0.text(1))) }
        let identified = results[2].map { (IdentityID(bytes: $0.bytes(0)), SubjectID($0.text(1))) }
        let wanted = keys.subjects.union(subjectOf.map(\.1)).union(identified.map(\.1))
        let held = try connection.run(
            [Statement(sql.subjectsInUse, [.texts(wanted.map(\.value))])], until: .now + .seconds(1))
        writers.give(connection)
        let subjects = Set(held[0].map { SubjectID($0.text(0)) })
        let sessions = Set(
            try results[0].map { try $0.sessionID(0) } + subjectOf.filter { subjects.contains($0.1) }.map(\.0))
        if sessions.isEmpty && subjects.isEmpty { return nil }
        let identities = identified.filter { subjects.contains($0.1) }.compactMap(\.0)
        return RowsInUse(sessions: sessions, subjects: subjects, identities: Set(identities))
    }

    /// Writes and commits in one round trip.
    private func commit(_ writeSet: WriteSet, _ rows: PostgresRows) throws {
        var statements = writeSet.statements(rows)
        if let expired = writeSet.expiredRows, try rows.becomeSweeper() {
            statements += sql.deleteExpired.map { Statement($0, [.time(expired.at), .integer(expired.limit)]) }
        }
        statements.append(Statement(Queries.commit))
        let connection = rows.connection
        connection.hasGivenUpStandby = false
        let results: [Result<PostgresResult, PostgresFailure>]
        do {
            results = try connection.exchange(statements, isolated: false, until: rows.deadline)
        } catch {
            throw PostgresFailure.outcomeUnknown("\(error)")
        }
        for result in results.dropLast() { _ = try result.get() }
        switch results.last {
        // A commit that has stopped waiting for its standby succeeds with a warning.
        case .success(let result) where result.tag == "COMMIT" && !connection.hasGivenUpStandby: return
        case .failure(let failure) where failure.isConflict: throw failure
        case .failure(let failure): throw PostgresFailure.outcomeUnknown("\(failure)")
        default: throw PostgresFailure.outcomeUnknown("the standby has not confirmed it")
        }
    }
}

extension PostgresFailure {
    fileprivate var isOutcomeUnknown: Bool {
        if case .outcomeUnknown = self { true } else { false }
    }

    /// Whether the transaction failed as a whole, whichever statement reported it.
    fileprivate var isOfTransaction: Bool { isOfConnection || isConflict || isOfLock }
}
