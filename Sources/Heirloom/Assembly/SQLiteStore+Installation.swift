import Accounts
import SQLiteStore
import TokenCore

extension SQLiteStore: InstalledStore {
    var place: String { "database file \(path)" }
    var files: [String] { [path, path + "-wal"] }

    /// The command line writes to the file now and then; the feed finds that by reading.
    func notify(_ notifier: RevocationNotifier) async {}

    /// A file has one node.
    func counters(_ limits: LoginLimits) -> any AttemptCounters { LocalAttempts(limits) }
}
