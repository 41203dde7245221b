import Crypto
import Foundation
package import TokenCore

/// Seals private keys for the database: AES-256-GCM under a key derived from the master key, with the key's id and
/// algorithm as associated data, so that sealed keys cannot be swapped.
package struct KeySealer: Sendable {
    private let keys: [SymmetricKey]

    package init(_ masterKeys: MasterKeyRing) { keys = masterKeys.derive(.signingKeyEncryption) }

    /// Makes a new signing key, sealed for the database.
    package func generate(_ algorithm: SigningAlgorithm, at now: Timestamp) throws -> SigningKeyRecord {
        var key = try PrivateKey(generating: algorithm)
        // Ids are typed on command lines, where one that begins with a dash is taken for a flag.
        while key.thumbprint.hasPrefix("-") { key = try PrivateKey(generating: algorithm) }
        let id = SigningKeyID(key.thumbprint)
        return SigningKeyRecord(
            id: id, algorithm: algorithm, state: .next,
            sealedPrivateKey: try seal(key.serialized, id: id, algorithm: algorithm), createdAt: now)
    }

    /// - Throws: ``KeyFailure`` when the key was sealed under a master key that is not configured.
    package func open(_ record: SigningKeyRecord) throws -> SigningKey {
        guard SigningAlgorithm.allCases.contains(record.algorithm) else {
            throw KeyFailure.unknownAlgorithm(id: record.id, record.algorithm)
        }
        guard let serialized = unseal(record),
            let key = try? PrivateKey(algorithm: record.algorithm, serialized: serialized)
        else { throw KeyFailure.undecryptable(id: record.id) }
        return SigningKey(key, id: record.id, algorithm: record.algorithm)
    }

    /// The same key sealed under the current master key; nil when it is already.
    package func reseal(_ record: SigningKeyRecord) throws -> SigningKeyRecord? {
        if unseal(record, under: keys[0]) != nil { return nil }
        guard let serialized = unseal(record) else { throw KeyFailure.undecryptable(id: record.id) }
        var resealed = record
        resealed.sealedPrivateKey = try seal(serialized, id: record.id, algorithm: record.algorithm)
        return resealed
    }

    private func seal(_ serialized: Data, id: SigningKeyID, algorithm: SigningAlgorithm) throws -> [UInt8] {
        let box = try AES.GCM.seal(serialized, using: keys[0], authenticating: Data("\(algorithm.rawValue) \(id)".utf8))
        guard let combined = box.combined else { throw KeyFailure.undecryptable(id: id) }
        return Array(combined)
    }

    private func unseal(_ record: SigningKeyRecord) -> Data? {
        keys.lazy.compactMap { unseal(record, under: $0) }.first
    }

    private func unseal(_ record: SigningKeyRecord, under key: SymmetricKey) -> Data? {
        guard let box = try? AES.GCM.SealedBox(combined: record.sealedPrivateKey) else { return nil }
        return try? AES.GCM.open(
            box, using: key, authenticating: Data("\(record.algorithm.rawValue) \(record.id)".utf8))
    }
}
