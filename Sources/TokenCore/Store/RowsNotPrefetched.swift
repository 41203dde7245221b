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
