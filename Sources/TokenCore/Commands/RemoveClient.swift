/// Removes a client. Its sessions refresh no more, and the feed speaks of the tokens that it got for itself.
package struct RemoveClient: Command {
    package var id: ClientID

    package enum Outcome: Sendable, Equatable { case removed, notFound }

    package init(_ id: ClientID) { self.id = id }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        guard id != .web, try ledger.client(id) != nil else { return .notFound }
        ledger.removeClient(id)
        ledger.revoke(.subject(SubjectID(of: id), openedBefore: ledger.now + .millisecond))
        ledger.record(EventRecord(.clientRemoved, at: ledger.now, client: id))
        return .removed
    }
}
