/// Removes a client. Its sessions are not live any more, and the feed revokes the tokens that it got for itself.
package struct RemoveClient: Command {
    package var id: ClientID

    package enum Outcome: Sendable, Equatable { case removed, notFound }

    package init(_ id: ClientID) { self.id = id }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard id != .web, try transaction.client(id) != nil else { return .notFound }
        transaction.removeClient(id)
        transaction.publish(.subject(SubjectID(of: id), openedBefore: transaction.now + .millisecond))
        transaction.record(EventRecord(.clientRemoved, at: transaction.now, client: id))
        return .removed
    }
}
