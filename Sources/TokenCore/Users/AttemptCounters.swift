/// Counts attempts at passwords: in the memory of one process, or in a database that all nodes share. Each key has a
/// bucket that fills with attempts and empties evenly as time passes.
package protocol AttemptCounters: Sendable {
    /// Counts an attempt before it is made, so that parallel attempts count too.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    func take(_ key: AttemptKey, at now: Timestamp) async throws -> Int?
    /// Removes an attempt that succeeded or was not made.
    func refund(_ key: AttemptKey, at now: Timestamp) async throws
    /// Whether somebody has logged in to an account from a place before.
    func isFamiliar(_ key: AttemptKey, at now: Timestamp) async throws -> Bool
    /// Records that somebody has logged in to an account from a place.
    func remember(_ key: AttemptKey, at now: Timestamp) async throws
}
