/// Replaces the keys that a confidential client signs its assertions with. Its secrets, if it has any, stay.
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

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        guard var client = try ledger.client(id), client.isConfidential else { return .notFound }
        client.jwks = jwks
        ledger.save(client)
        ledger.record(EventRecord(.clientKeysChanged, at: ledger.now, client: id))
        return .set
    }
}
