import Accounts
import Migrations
import PostgresStore
import SQLiteStore
import TokenCore

/// A store as an installation has it: what commands need of it besides its rows.
protocol InstalledStore: Store, Archivable {
    /// What it is called in front of people. Holds no password.
    var place: String { get }
    /// Files that nobody but their owner may read.
    var files: [String] { get }
    /// What is wrong with it; empty when it is sound.
    func check() throws -> [String]
    func backup(to path: String) throws
    /// Rings the bell when another process has committed what the feed speaks of, as far as the store hears of that; returns when it
    /// does not, or when its task is cancelled.
    func ring(_ bell: RevocationBell) async
    /// Where failed logins are counted.
    func counters(_ limits: LoginLimits) -> any AttemptCounters
    func close() throws
}

extension DatabaseLocation {
    /// Opens the store. The one place that picks it.
    ///
    /// - Parameter migrate: whether to bring the schema up to date; else a database that is not is refused.
    func open(cacheKiB: Int, migrate: Bool) throws -> any InstalledStore {
        switch self {
        case .sqlite(let path): try SQLiteStore(path: path, cacheKiB: cacheKiB, migrate: migrate)
        case .postgres(let target): try PostgresStore(target, migrate: migrate)
        }
    }
}

extension SQLiteStore: InstalledStore {
    var place: String { "database file \(path)" }
    var files: [String] { [path, path + "-wal"] }

    /// The command line writes to the file now and then; the feed finds that by reading.
    func ring(_ bell: RevocationBell) async {}

    /// A file has one node.
    func counters(_ limits: LoginLimits) -> any AttemptCounters { LocalAttempts(limits) }
}

extension PostgresStore: InstalledStore {
    var place: String { target.description }
    var files: [String] { [] }

    func check() throws -> [String] { try unsafeSettings() }

    func backup(to path: String) throws {
        throw CommandFailure("PostgreSQL has its own backups: use pg_dump, or pg_basebackup with the log's archive")
    }

    func counters(_ limits: LoginLimits) -> any AttemptCounters { attempts(limits) }
}
