/// Gives a confidential client one more secret. The one before it stays valid, so that the client's servers can be
/// changed one after the other; any older one dies.
package struct RotateClientSecret: Command {
    package var id: ClientID
    package var secretHash: [UInt8]

    package enum Outcome: Sendable, Equatable {
        case rotated
        /// No such client, or a public one, which has no secret.
        case notFound
    }

    package init(of id: ClientID, to secretHash: [UInt8]) {
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
