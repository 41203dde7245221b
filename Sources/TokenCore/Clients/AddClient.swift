/// Registers a client. What its settings do not say is the least: no scope, and the usual permissions.
package struct AddClient: Command {
    package var id: ClientID
    /// The hash of a confidential client's first secret.
    package var secretHash: ClientSecretHash?
    /// A confidential client's public keys.
    package var jwks: String?
    package var settings: ClientSettings

    package enum Outcome: Sendable, Equatable {
        case added(ClientRecord)
        case nameTaken
        case invalid(ClientSettings.Mistake)
    }

    package init(
        _ id: ClientID, secretHash: ClientSecretHash?, jwks: String? = nil, settings: ClientSettings = ClientSettings()
    ) {
        self.id = id
        self.secretHash = secretHash
        self.jwks = jwks
        self.settings = settings
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.clients) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard try transaction.client(id) == nil else { return .nameTaken }
        let new = ClientRecord(
            id: id, secretHashes: secretHash.map { [$0] } ?? [], jwks: jwks, createdAt: transaction.now)
        let client: ClientRecord
        do { client = try settings.applied(to: new, transaction.rules.rotation.policy) } catch {
            return .invalid(error)
        }
        transaction.save(client)
        transaction.record(EventRecord(.clientAdded, at: transaction.now, client: id))
        return .added(client)
    }
}
