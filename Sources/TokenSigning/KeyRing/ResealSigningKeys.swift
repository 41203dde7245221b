package import TokenCore

/// Seals every signing key under the current master key, so that a replaced master key is not needed any more.
package struct ResealSigningKeys: Command {
    package var sealer: KeySealer

    package enum Outcome: Sendable, Equatable {
        /// How many were sealed under a replaced master key.
        case resealed(Int)
        /// A key was sealed under a master key that is not configured. Nothing was changed.
        case undecryptable(id: SigningKeyID)
    }

    package init(sealer: KeySealer) { self.sealer = sealer }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        var resealed: [SigningKeyRecord] = []
        for key in try transaction.signingKeys() {
            do {
                if let fresh = try sealer.reseal(key) { resealed.append(fresh) }
            } catch {
                return .undecryptable(id: key.id)
            }
        }
        guard !resealed.isEmpty else { return .resealed(0) }
        for key in resealed { try transaction.save(key) }
        let detail = "\(resealed.count) key\(resealed.count == 1 ? "" : "s")"
        transaction.record(EventRecord(.keysResealed, at: transaction.now, detail: detail))
        return .resealed(resealed.count)
    }
}
