package import TokenCore

/// Seals every signing key anew under the master key in force, so that a replaced one can be given up.
package struct ResealSigningKeys: Command {
    package var sealer: KeySealer

    package enum Outcome: Sendable, Equatable {
        /// So many were sealed under an older master key.
        case resealed(Int)
        /// A key was sealed under a master key that is not at hand; nothing was changed.
        case undecryptable(id: String)
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
        for key in resealed { try transaction.save(key) }
        return .resealed(resealed.count)
    }
}
