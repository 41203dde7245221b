/// Changes nothing that means anything: tells whether the store can commit a write.
package struct WriteProbe: Command {
    package init() {}

    package func apply(to transaction: inout Transaction) throws { transaction.probeWrite() }
}
