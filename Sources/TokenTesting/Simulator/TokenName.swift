/// A refresh token as the simulation speaks of it: `F3.2` is the second successor in the third family. A token that was
/// made after a backup had been put back carries a mark for each time: `F3.2'`.
struct TokenName: Hashable, Sendable, CustomStringConvertible {
    let session: Int
    /// How many rotations made it.
    let depth: Int
    /// How often a backup had been restored when it was made.
    let branch: Int

    var description: String { "F\(session).\(depth)" + String(repeating: "'", count: branch) }
}
