/// A write, as a value. What it does is decided by ``apply(to:)`` inside a transaction; its caller hears of the outcome
/// only when the transaction is on disk.
///
/// `apply` throws only what the store throws. A refusal is an outcome, so that one caller's mistake never undoes the
/// work of its neighbours in the batch. It may be run more than once, each time on a fresh ledger, until one is committed.
package protocol Command: Sendable {
    associatedtype Outcome: Sendable
    func apply(to transaction: inout Transaction) throws -> Outcome
    /// Names the rows that it will ask for, so that they can be fetched together with its neighbours'.
    func prefetch(into keys: inout RowKeys)
}

extension Command {
    package func prefetch(into keys: inout RowKeys) {}
}
