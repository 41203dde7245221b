/// A command needs rows that were not prefetched. Thrown by ``Rows`` instead of waiting for a lock out of order; the
/// store catches it and begins the transaction anew with these keys too.
package struct RowsNotPrefetched: Error {
    package let keys: RowKeys

    package init(_ keys: RowKeys) { self.keys = keys }

    package init(_ insert: (inout RowKeys) -> Void) {
        var keys = RowKeys()
        insert(&keys)
        self.keys = keys
    }
}

extension Sequence {
    /// Runs `body` with each element. It goes on after one that needs rows which were not prefetched, so that the store
    /// begins one new transaction for all of them instead of one for each.
    ///
    /// - Throws: ``RowsNotPrefetched`` with the missing keys of all elements; any other error at once.
    package func forEachJoiningMissingRows(_ body: (Element) throws -> Void) throws {
        var missing = RowKeys()
        for element in self {
            do { try body(element) } catch let error as RowsNotPrefetched { missing.formUnion(error.keys) }
        }
        if !missing.isEmpty { throw RowsNotPrefetched(missing) }
    }
}
