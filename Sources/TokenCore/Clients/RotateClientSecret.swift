/// Gives a confidential client one more secret. The secret before it stays valid, so that the client's servers can be
/// changed one after the other. Older ones are removed.
package struct RotateClientSecret: Command {
    package var id: ClientID
    package var secretHash: ClientSecretHash

    package enum Outcome: Sendable, Equatable {
        case rotated
        /// No such client, or a public one, which has no secret.
        case notFound
    }

    package init(of id: ClientID, to secretHash: ClientSecretHash) {
        self.id = id
        self.secretHash = secretHash
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var client = try transaction.client(id), client.isConfidential else { return .notFound }
        client.secretHashes = [secretHash] + client.secretHashes.prefix(1)
        transaction.save(client)
        transaction.record(EventRecord(.clientSecretRotated, at: transaction.now, client: id))
        return .rotated
    }
}
