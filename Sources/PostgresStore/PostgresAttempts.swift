import Crypto
import Libpq
import StoreRows
package import TokenCore

/// Counts failed logins in the database, over all nodes.
package struct PostgresAttempts: AttemptCounters {
    private let pool: ReadPool
    private let limits: LoginLimits

    init(_ pool: ReadPool, _ limits: LoginLimits) {
        self.pool = pool
        self.limits = limits
    }

    /// How long a place stays familiar after a login.
    private static let memorySeconds = 90 * 86_400

    package func take(_ key: AttemptKey, at now: Timestamp) async throws -> Int? {
        let limit = Double(limits.limit(of: key))
        guard limit > 0 else { return nil }
        let isTaken = try await run(
            """
            INSERT INTO login_attempts AS a (key, spent, at, expires_at)
            VALUES ($1::bytea, 1, $2::bigint, $2::bigint + $3::bigint)
            ON CONFLICT (key) DO UPDATE SET
                spent = \(PostgresAttempts.recovered) + 1, at = greatest(a.at, $2::bigint),
                expires_at = $2::bigint + $3::bigint
            WHERE \(PostgresAttempts.recovered) + 1 <= $4::double precision + 1e-6
            RETURNING a.spent
            """, key, now, limit)
        guard isTaken.isEmpty else { return nil }
        let spent = try await run(
            """
            SELECT \(PostgresAttempts.recovered) FROM login_attempts a
            WHERE a.key = $1::bytea
            """, key, now, limit)
        let wait = ((spent.first ?? 0) + 1 - limit) * Double(limits.windowSeconds) / limit
        // The row may hold any number, also infinity.
        return Int(min(max(1, wait.rounded(.up)), Double(limits.windowSeconds)))
    }

    package func refund(_ key: AttemptKey, at now: Timestamp) async throws {
        let limit = Double(limits.limit(of: key))
        guard limit > 0 else { return }
        _ = try await run(
            """
            UPDATE login_attempts a SET spent = greatest(0, \(PostgresAttempts.recovered) - 1),
                at = greatest(a.at, $2::bigint)
            WHERE a.key = $1::bytea
            RETURNING a.spent
            """, key, now, limit)
    }

    package func isFamiliar(_ key: AttemptKey, at now: Timestamp) async throws -> Bool {
        let statement = "SELECT a.spent FROM login_attempts a WHERE a.key = $1::bytea AND a.expires_at > $2::bigint"
        return try await !pool.run(Statement(statement, [memory(of: key), .time(now)])) { $0.real(0) }.isEmpty
    }

    package func remember(_ key: AttemptKey, at now: Timestamp) async throws {
        let statement = """
            INSERT INTO login_attempts (key, spent, at, expires_at)
            VALUES ($1::bytea, 0, $2::bigint, $3::bigint)
            ON CONFLICT (key) DO UPDATE SET at = $2::bigint, expires_at = $3::bigint
            RETURNING spent
            """
        let until = now + PostgresAttempts.memorySeconds
        _ = try await pool.run(Statement(statement, [memory(of: key), .time(now), .time(until)])) { $0.real(0) }
    }

    /// The attempts in a bucket at the time `$2`. A time before the last change counts as that of the change, so that a
    /// clock that was set back, or a node whose clock is slow, empties no bucket.
    private static let recovered = """
        greatest(0, a.spent - greatest(0, $2::bigint - a.at) * $4::double precision / $3::bigint)
        """

    /// Runs a statement whose parameters are key, now, window in milliseconds and limit.
    private func run(_ statement: String, _ key: AttemptKey, _ now: Timestamp, _ limit: Double) async throws -> [Double]
    {
        let values: [PostgresValue] = [
            .bytes(digest(of: key, "attempts")), .time(now), .integer(limits.windowSeconds * 1000), .real(limit),
        ]
        return try await pool.run(Statement(statement, values)) { $0.real(0) }
    }

    private func memory(of key: AttemptKey) -> PostgresValue { .bytes(digest(of: key, "familiar")) }

    /// A hash of the key's parts, each with its length, so that different keys have different hashes.
    private func digest(of key: AttemptKey, _ use: String) -> [UInt8] {
        let parts =
            switch key {
            case .address(let prefix, _): ["address", prefix]
            case .account(let account): ["account", account]
            case .familiar(let account, let place): ["place", account, place]
            }
        var hash = SHA256()
        for part in [use] + parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        return Array(hash.finalize())
    }
}

extension PostgresStore {
    /// Counters that all nodes share.
    package func attempts(_ limits: LoginLimits) -> PostgresAttempts { PostgresAttempts(pool, limits) }
}
