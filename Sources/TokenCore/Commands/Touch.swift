/// Changes nothing: tells whether the lane can open a transaction.
package struct Touch: Command {
    package init() {}

    package func apply(to ledger: inout Ledger) throws {}
}
