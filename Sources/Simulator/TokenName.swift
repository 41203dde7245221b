/// The name of a refresh token in the simulation: `S3.2` is session 3's token after two rotations. A token that was
/// made after a restore has one mark for each restore before it: `S3.2'`.
struct TokenName: Hashable, Sendable, CustomStringConvertible {
    let session: Int
    /// The number of rotations that led to it.
    let depth: Int
    /// The number of restores before it was made.
    let branch: Int

    var description: String { "S\(session).\(depth)" + String(repeating: "'", count: branch) }
}
