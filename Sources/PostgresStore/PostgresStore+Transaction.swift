import Synchronization
package import TokenCore

extension PostgresStore {
    /// Another node's transaction can come first, again and again, but not for ever.
    private static let attemptLimit = 10

    /// Runs `body`, again when another transaction came first: it judges anew what is there then.
    ///
    /// A connection that broke while the commit was under way leaves nobody knowing: that is thrown, and not tried again
    /// here. Whoever asked asks again, and finds out by the rules: a refresh token that was used is a retry.
    package func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, prefetching keys: RowKeys, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        guard !isClosed.withLock({ $0 }) else { throw Unavailable.shuttingDown }
        let deadline = ContinuousClock.now + PostgresStore.timeout
         RowKeys=var keys = RowKeys= names
        for _ in 0..<PostgresStore.attemptLimit {
            let (connection, isUsed) = try writers.take()
            let rows = PostgresRows(connection: connection, deadline: deadline)
            do {
                try rows.begin(prefetching: names)
                var transaction = Transaction(rows: rows, rules: rules, now: now)
                let outcome = try body(&transaction)
                let isComplete = rows.covers(transaction.writeSet)
                names.include(transaction.writeSet)
                if isComplete {
                    try commit(transaction.writeSet, at: now, rows)
                    writers.give(connection)
                    return outcome
                }
                rollBack(connection)
            } catch {
                let failure = error as? PostgresFailure
                if connection.isSilent, failure?.isOutcomeUnknown == true {
                    writers.doubt(connection)
                    throw error
                }
                if failure?.isOfConnection == true || connection.isBroken {
                    writers.lost()
                    // One that had gone stale before anything was done is not worth a word.
                    guard isUsed, case .some(let failure) = failure, !failure.isOutcomeUnknown, .now < deadline else {
                        throw error
                    }
                } else {
                    rollBack(connection)
                    if failure?.isOfLock == true { throw try rowsInUse(names) ?? error }
                    guard failure?.isConflict == true, .now < deadline else { throw error }
                }
            }
        }
        throw PostgresFailure.contended
    }

    /// Which of the rows that a batch names somebody else holds; nil when none is held any more.
    private func rowsInUse(_ names: RowKeys) throws -> RowsInUse? {
        let (connection, _) = try writers.take()
        let results = try connection.run(
            [
                Statement(Query.tokensInUse, [.ids(Array(keys.sessions))]),
                Statement(Query.subjectsOfSessions, [.ids(Array(keys.sessionsWithSubject))]),
            ], until: .now + .seconds(1))
        let subjectOf = try results[1].map { (try $0.id(0), SubjectID($0.text(1))) }
        let wanted = keys.subjects.union(subjectOf.map(\.1))
        let held = try connection.run(
            [Statement(Query.subjectsInUse, [.texts(wanted.map(\.value))])], until: .now + .seconds(1))
        writers.give(connection)
        let subjects = Set(held[0].map { SubjectID($0.text(0)) })
        let sessions = Set(try results[0].map { try $0.id(0) } + subjectOf.filter { subjects.contains($0.1) }.map(\.0))
        return sessions.isEmpty && subjects.isEmpty ? nil : RowsInUse(sessions: sessions, subjects: subjects)
    }

    private func rollBack(_ connection: PostgresConnection) {
        do {
            _ = try connection.run([Statement(Query.rollback)], until: .now + .seconds(1))
            writers.give(connection)
        } catch {
            // The server rolls back when the connection closes.
            writers.lost()
        }
    }

    /// Writes the changes and commits, in one round trip.
    private func commit(_ writeSet: WriteSet, at now: Timestamp, _ rows: PostgresRows) throws {
        var statements = writeSet.statements(rows)
        if writeSet.collectLimit > 0, try rows.becomeSweeper() {
            statements += Query.collect.map { Statement($0, [.time(now), .integer(writeSet.collectLimit)]) }
        }
        statements.append(Statement(Query.commit))
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
        // A commit that stopped waiting for its standby says so in a warning, and calls itself done.
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
}

extension RowKeys {
    /// Names all that a first attempt has changed, for the next one to lock.
    fileprivate mutating func include(_ writeSet: WriteSet) {
        subjects.formUnion(writeSet.subjects.keys)
        if !writeSet.clients.isEmpty || !writeSet.removedClients.isEmpty { registers.insert(.clients) }
        if !writeSet.signingKeys.isEmpty || !writeSet.removedSigningKeys.isEmpty { registers.insert(.signingKeys) }
    }
}
