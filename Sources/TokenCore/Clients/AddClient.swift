/// Registers a client.
package struct AddClient: Command {
    package var id: ClientID
    /// The hash of a confidential client's first secret.
    package var secretHash: ClientSecretHash?
    /// A confidential client's public keys.
    package var jwks: String?
    package var accessTokenFormat: ClientRecord.AccessTokenFormat
    package var allowedScope: Scope?

    package enum Outcome: Sendable, Equatable { case added(ClientRecord), nameTaken }

    package init(
        _ id: ClientID, secretHash: ClientSecretHash?, jwks: String? = nil,
        accessTokenFormat: ClientRecord.AccessTokenFormat,
        allowedScope: Scope?
    ) {
        self.id = id
        self.secretHash = secretHash
        self.jwks = jwks
        self.accessTokenFormat = accessTokenFormat
        self.allowedScope = allowedScope
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard try transaction.client(id) == nil else { return .nameTaken }
        let client = ClientRecord(
            id: id, secretHashes: secretHash.map { [$0] } ?? [], jwks: jwks, accessTokenFormat: accessTokenFormat,
            allowedScope: allowedScope, createdAt: transaction.now)
        transaction.save(client)
        transaction.record(EventRecord(.clientAdded, at: transaction.now, client: id))
        return .added(client)
    }
}
