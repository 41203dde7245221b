package import TokenCore

/// What a store keeps its rows on, and what can happen to it.
package protocol SimulatedDisk: AnyObject, Sendable {
    /// Starts a store on what is there.
    func open() throws -> any Store
    /// Told before each transaction, so that a crash can lose it.
    func mark()
    /// Told before a transaction that a crash will lose.
    func tear() throws
    /// The process dies without a word.
    ///
    /// - Parameter losingLast: the last transaction had not wholly reached the disk.
    func crash(losingLast: Bool) throws
    /// Stops the store in an orderly way.
    func close() throws
    /// Keeps a copy of what is there now, in place of an older one.
    func backup() throws
    /// Puts the copy back. The store is closed.
    func restore() throws
    /// The largest number of token rows that a family has.
    func largestFamily() throws -> Int
}

extension SimulatedDisk {
    package func tear() { mark() }
}
