import Migrations
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
    func notify(_ notifier: RevocationNotifier) async
    /// Where failed logins are counted.
    func counters(_ limits: LoginLimits) -> any AttemptCounters
    func close() throws
}
