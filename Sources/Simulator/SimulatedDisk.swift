package import TokenCore

/// What a store keeps its rows on, with the faults that can happen to it.
package protocol SimulatedDisk: AnyObject, Sendable {
    /// Opens a store on the present contents.
    func open() throws -> any Store
    /// Prepares for the loss of the next transaction. Called before each one.
    func mark()
    /// Prepares for a crash in the commit of the next transaction.
    func tear() throws
    /// Ends the process and keeps what has reached the disk.
    ///
    /// - Parameter losingLast: whether the last transaction has not reached the disk completely.
    func crash(losingLast: Bool) throws
    /// Closes the store in an orderly way.
    func close() throws
    /// Copies the contents, in place of an earlier copy.
    func backup() throws
    /// Replaces the contents by the copy. The store is closed.
    func restore() throws
    /// The largest number of rows of `refresh_tokens` that a session has.
    func maximumTokenRows() throws -> Int
}

extension SimulatedDisk {
    package func tear() { mark() }
}
