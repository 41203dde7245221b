import Crypto
import StrictCoding
import Synchronization
package import TokenCore

/// The signing keys that this process uses, as the store had them when they were last read.
package final class KeyRing: Sendable {
    /// The ring at one moment.
    package struct Snapshot: Sendable {
        package let current: SigningKey
        /// The JWK set (RFC 7517 §5): every key whose tokens may be valid, and the next key.
        package let jwks: [UInt8]
        /// A strong entity tag of ``jwks``.
        package let etag: String
        let records: [SigningKeyRecord]
    }

    private let store: any Store
    private let sealer: KeySealer
    private let state: Mutex<Snapshot>

    /// Loads the ring.
    ///
    /// - Throws: ``KeyFailure`` when a key does not decrypt or none is current.
    package init(store: any Store, sealer: KeySealer) async throws {
        self.store = store
        self.sealer = sealer
        state = Mutex(try KeyRing.snapshot(of: await store.signingKeys(), sealer: sealer))
    }

    package var snapshot: Snapshot { state.withLock { $0 } }

    /// Reads the store again.
    ///
    /// - Returns: whether anything had changed.
    package func reload() async throws -> Bool {
        let records = try await store.signingKeys()
        guard records != snapshot.records else { return false }
        let fresh = try KeyRing.snapshot(of: records, sealer: sealer)
        state.withLock { $0 = fresh }
        return true
    }

    private static func snapshot(of records: [SigningKeyRecord], sealer: KeySealer) throws -> Snapshot {
        let keys = try records.map { (record: $0, key: try sealer.open($0)) }
        guard let current = keys.first(where: { $0.record.state == .current }) else { throw KeyFailure.noCurrentKey }
        let jwks = JSONWriter.object { json in
            json.member("keys", array: { json in for key in keys { json.element(json: key.key.publicJWK) } })
        }
        let etag = "\"" + Base64URL.encode(SHA256.hash(data: jwks).prefix(12)) + "\""
        return Snapshot(current: current.key, jwks: jwks, etag: etag, records: records)
    }
}
