/// Uses up a ``UsedOnce`` for something that writes nothing else.
package struct UseOnce: Command {
    package var use: UsedOnce

    package init(_ use: UsedOnce) { self.use = use }

    package func prefetch(into keys: inout RowKeys) { keys.uses.insert(use) }

    /// - Returns: whether it was fresh.
    package func apply(to transaction: inout Transaction) throws -> Bool { try transaction.useOnce(use) }
}
