/// Replaces the keys that verify a confidential client's assertions. Its secrets stay valid.
package struct SetClientKeys: Command {
    package var id: ClientID
    package var jwks: String

    package enum Outcome: Sendable, Equatable {
        case set
        /// No such client, or a public one.
        case notFound
    }

    package init(of id: ClientID, to jwks: String) {
        self.id = id
        self.jwks = jwks
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var client = try transaction.client(id), client.isConfidential else { return .notFound }
        guard client.jwks != jwks else { return .set }
        client.jwks = jwks
        transaction.save(client)
        transaction.record(EventRecord(.clientKeysChanged, at: transaction.now, client: id))
        return .set
    }
}
