import CPostgres
import Foundation

extension PostgresConnection {
    /// Runs statements in one round trip. When one fails, those after it are not run.
    ///
    /// - Throws: ``PostgresFailure``; after ``PostgresFailure/lost(_:)`` the connection cannot be used any more.
    package func run(_ statements: [Statement], until deadline: ContinuousClock.Instant) throws -> [PostgresResult] {
        try exchange(statements, isolated: false, until: deadline).map { try $0.get() }
    }

    /// Runs statements in one round trip, each in a transaction of its own.
    ///
    /// - Throws: ``PostgresFailure`` when the connection cannot be used any more.
    package func runEach(_ statements: [Statement], until deadline: ContinuousClock.Instant)
        throws -> [Result<PostgresResult, PostgresFailure>]
    {
        try exchange(statements, isolated: true, until: deadline)
    }

    /// Runs a script of several statements, which are not prepared.
    ///
    /// - Throws: ``PostgresFailure``
    package func run(script: String, until deadline: ContinuousClock.Instant) throws {
        guard libpq.PQexitPipelineMode(handle) == 1, libpq.PQsendQuery(handle, script) == 1 else { throw broken() }
        try flush(until: deadline)
        var failure: PostgresFailure?
        while let result = try nextResult(until: deadline) {
            failure = failure ?? PostgresConnection.failure(in: result, of: target)
            libpq.PQclear(result)
        }
        guard libpq.PQenterPipelineMode(handle) == 1 else { throw broken() }
        if let failure { throw failure }
    }

    /// Runs statements in one round trip and returns the result of each.
    ///
    /// - Parameter isolated: whether statements run after one that failed, each in a transaction of its own.
    /// - Throws: ``PostgresFailure`` when the connection cannot be used any more.
    package func exchange(
        _ statements: [Statement], isolated: Bool, until deadline: ContinuousClock.Instant
    ) throws -> [Result<PostgresResult, PostgresFailure>] {
        guard !isBroken else { throw PostgresFailure.lost("it had been lost before") }
        var fresh: [String: String] = [:]
        var preparing: [Bool] = []
        for statement in statements {
            let isFresh = prepared[statement.sql] == nil && fresh[statement.sql] == nil
            if isFresh {
                // A name is never given again, because the server may know it although the statement failed.
                named += 1
                let name = "s\(named)"
                fresh[statement.sql] = name
                guard libpq.PQsendPrepare(handle, name, statement.sql, 0, nil) == 1 else { throw broken() }
            }
            preparing.append(isFresh)
            try send(statement, named: prepared[statement.sql] ?? fresh[statement.sql] ?? "")
            if isolated { guard libpq.PQpipelineSync(handle) == 1 else { throw broken() } }
        }
        if !isolated { guard libpq.PQpipelineSync(handle) == 1 else { throw broken() } }
        try flush(until: deadline)

        var results: [Result<PostgresResult, PostgresFailure>] = []
        for (statement, isFresh) in zip(statements, preparing) {
            let preparation = isFresh ? try collect(until: deadline) : nil
            let outcome = try collect(until: deadline)
            switch preparation {
            case .failure(let reason): results.append(.failure(reason))
            case .success:
                prepared[statement.sql] = fresh[statement.sql]
                results.append(outcome)
            case nil: results.append(outcome)
            }
            if isolated { try collectSync(until: deadline) }
        }
        if !isolated { try collectSync(until: deadline) }
        return results
    }

    private func send(_ statement: Statement, named name: String) throws {
        let count = statement.values.count
        let lengths = statement.values.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: count)
        // libpq copies the values, so that one block holds all of them.
        let block = statement.values.compactMap { $0 }.joined() + [0]
        let isSent = block.withUnsafeBytes { block in
            var pointers: [UnsafePointer<CChar>?] = []
            var start = 0
            for value in statement.values {
                pointers.append(
                    value == nil
                        ? nil : block.baseAddress.map { ($0 + start).assumingMemoryBound(to: CChar.self) })
                start += value?.count ?? 0
            }
            return libpq.PQsendQueryPrepared(handle, name, Int32(count), pointers, lengths, formats, 1)
        }
        guard isSent == 1 else { throw broken() }
    }

    /// Reads the one result of a statement and the null that follows it.
    private func collect(until deadline: ContinuousClock.Instant) throws -> Result<PostgresResult, PostgresFailure> {
        guard let result = try nextResult(until: deadline) else { throw broken() }
        let outcome: Result<PostgresResult, PostgresFailure>
        if let failure = PostgresConnection.failure(in: result, of: target) {
            libpq.PQclear(result)
            outcome = .failure(failure)
        } else {
            outcome = .success(PostgresResult(result, of: target.library))
        }
        if let rest = try nextResult(until: deadline) {
            libpq.PQclear(rest)
            throw broken()
        }
        return outcome
    }

    private func collectSync(until deadline: ContinuousClock.Instant) throws {
        guard let result = try nextResult(until: deadline) else { throw broken() }
        defer { libpq.PQclear(result) }
        guard libpq.PQresultStatus(result) == PGRES_PIPELINE_SYNC else { throw broken() }
    }
}
