/// Writes something that has no meaning, to find out whether the store can commit.
package struct WriteProbe: Command {
    package init() {}

    package func apply(to transaction: inout Transaction) throws { transaction.probeWrite() }
}
