import Accounts
import SQLiteStore
import TokenCore

extension SQLiteStore: InstalledStore {
    var place: String { "database file \(path)" }
    var files: [String] { [path, path + "-wal"] }

    func damage() -> String? { damage(limit: 1 << 28) }

    /// SQLite has no notifications. The feed finds what the command line appends when it reads.
    func followNotifications(_ notify: @escaping @Sendable () -> Void) async {}

    /// One node uses the file, so its memory holds the counters.
    func counters(_ limits: LoginLimits) -> any AttemptCounters { LocalAttempts(limits) }
}
