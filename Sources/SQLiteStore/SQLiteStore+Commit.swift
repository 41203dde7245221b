import GRDB
package import TokenCore

extension SQLiteStore {
    /// Runs `body` once. The transaction is the only one that writes, so that no rows need to be prefetched.
    package func commit(
        prefetching _: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet
    ) throws {
        try pool.writeWithoutTransaction { database in
            var pageCount = 0
            do {
                try database.transaction("BEGIN IMMEDIATE") {
                    let rows = SQLiteRows(database)
                    let writeSet = try body(rows)
                    try rows.write(writeSet)
                    pageCount = writeSet.pageCount
                }
            } catch {
                // If the disk is full, a checkpoint may free the space of the log.
                checkpointer.request()
                throw SQLiteStore.naming(path, error)
            }
            loopReads.committed()
            if checkpointer.committed(pages: pageCount) { _ = try? database.checkpoint(.restart) }
        }
    }
}
