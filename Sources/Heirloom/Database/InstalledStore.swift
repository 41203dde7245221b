import Migrations
import TokenCore

/// A store as an installation has it: its rows, and what commands and the running service need besides.
protocol InstalledStore: Store, Archivable {
    /// How messages name it. Contains no password.
    var place: String { get }
    /// The files that only their owner may read.
    var files: [String] { get }
    /// What is wrong with it, a sentence each; empty when nothing is.
    func check() throws -> [String]
    /// What a quick look finds damaged; nil when nothing is, or when the store finds damage only when it reads.
    func damage() -> String?
    /// How much it holds. Reads every subject.
    func statistics() async throws -> StoreStatistics
    /// Copies the database to a new file.
    func backup(to path: String) throws
    /// Calls `notify` when another process may have appended to the revocation feed. Returns when its task is
    /// cancelled, or at once when the store has no such signal.
    func followNotifications(_ notify: @escaping @Sendable () -> Void) async
    /// The counters of failed logins.
    func counters(_ limits: LoginLimits) -> any AttemptCounters
    func close() throws
}
