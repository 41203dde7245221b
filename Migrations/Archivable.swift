/// A store whose rows can be exported and imported.
package protocol Archivable {
    /// Calls `receive` with every row as it is at one moment. Does not hold all rows in memory.
    func export(_ receive: (ArchiveRow) throws -> Void) throws
    /// Inserts the rows that `next` returns until it returns nil. When anything fails, none is inserted.
    ///
    /// - Throws: ``ArchiveFailure``
    func load(_ next: () throws -> ArchiveRow?) throws
}
