/// Where in a transaction a process dies.
package enum CrashPoint: String, Sendable, CaseIterable {
    /// Before it began.
    case before
    /// The commands were applied, nothing was written.
    case within
    /// Written in part: the commit did not wholly reach the disk.
    case torn
    /// Committed, but nobody was told.
    case after
}

/// What a dead process throws at those who waited for it.
struct SimulatedCrash: Error {}
