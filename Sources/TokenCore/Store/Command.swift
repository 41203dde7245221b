/// A write, as a value. ``apply(to:)`` decides inside a transaction what it does. Its caller gets the outcome when the
/// transaction is on disk.
///
/// `apply` throws only what the store throws. A refusal is an outcome, so that one caller's mistake never undoes other
/// commands of the batch. It may run more than once, each time in a fresh transaction, until one is committed.
package protocol Command: Sendable {
    associatedtype Outcome: Sendable

    /// Adds the keys of the rows that ``apply(to:)`` will read and change.
    func prefetch(into keys: inout RowKeys)

    func apply(to transaction: inout Transaction) throws -> Outcome
}

extension Command {
    package func prefetch(into keys: inout RowKeys) {}
}
