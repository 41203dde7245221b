/// Where in a transaction the process crashes. The raw value precedes "transaction" in a history.
package enum CrashPoint: String, Sendable, CaseIterable {
    /// Before the transaction begins.
    case before
    /// After the commands were applied, before anything is written.
    case within
    /// During the commit: a part of the write has reached the disk.
    case torn = "in the commit of"
    /// After the commit, before any caller has its outcome.
    case after
}
