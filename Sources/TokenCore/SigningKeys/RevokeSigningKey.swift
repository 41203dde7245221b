/// Removes a key from the ring at once, for an emergency. Tokens that it has signed are refused as soon as verifiers
/// fetch the key set again.
package struct RevokeSigningKey: Command {
    package var id: SigningKeyID

    package enum Outcome: Sendable, Equatable { case revoked, notFound }

    package init(_ id: SigningKeyID) { self.id = id }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let keys = try transaction.signingKeys()
        guard let key = keys.first(where: { $0.id == id }) else { return .notFound }
        try transaction.removeSigningKey(id)
        if key.state == .current, var next = keys.first(where: { $0.state == .next }) {
            next.state = .current
            next.activatedAt = transaction.now
            try transaction.save(next)
        }
        transaction.record(EventRecord(.keyRevoked, at: transaction.now, detail: id.value))
        return .revoked
    }
}
