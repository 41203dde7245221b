/// Records that somebody signed in to the console, and uses the link up that they came by.
package struct EnterConsole: Command {
    /// Nil for somebody who showed the admin token.
    package var link: UsedOnce?
    package var address: String?

    package enum Outcome: Sendable, Equatable { case entered, usedBefore }

    package init(by link: UsedOnce?, address: String?) {
        self.link = link
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) {
        if let link { keys.uses.insert(link) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        if let link, try !transaction.useOnce(link) { return .usedBefore }
        transaction.record(
            EventRecord(
                .consoleEntered, at: transaction.now, address: address,
                detail: link == nil ? "by the admin token" : "by a link"))
        return .entered
    }
}
