/// A part of the revocation feed.
package struct RevocationPage: Sendable, Equatable {
    package var entries: [RevocationRecord]
    /// The sequence number to continue after.
    package var next: Int
    /// The sequence number of the newest entry that was ever written.
    package var newest: Int
    /// The sequence number of the newest entry that was deleted.
    package var collected: Int

    /// - Parameters:
    ///   - rows: in the order of their sequence numbers; an entry is nil when this version does not know its kind,
    ///     which a newer node has written.
    ///   - limit: the most rows that were asked for.
    package init(rows: [(sequence: Int, entry: RevocationRecord?)], limit: Int, newest: Int, collected: Int) {
        entries = rows.compactMap(\.entry)
        next = rows.count < limit ? newest : rows.last?.sequence ?? newest
        self.newest = newest
        self.collected = collected
    }
}
