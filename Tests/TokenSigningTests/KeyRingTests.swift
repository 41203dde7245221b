import Foundation
import StrictCoding
import Testing
import TokenCore
import TokenSigning
import TokenTesting

struct KeyRingTests {
    let sealer = KeySealer(TestService.masterKeys())
    let service = TestService(store: MemoryStore())

    private func rotate(_ trigger: RotateSigningKeys.Trigger) async throws {
        let keys = try (0..<2).map { _ in try sealer.generate(.eddsa, at: service.clock.now) }
        _ = try await service.sessions.lane.submit(RotateSigningKeys(trigger, candidates: keys, retentionSeconds: 660))
    }

    private func published(_ ring: KeyRing) throws -> [String] {
        guard case .array(let keys)? = try JSONReader.read(ring.snapshot.jwks)["keys"] else { return [] }
        return keys.compactMap { $0["kid"]?.string }
    }

    @Test func `a ring without a current key does not open`() async throws {
        await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: sealer) }
    }

    @Test func `a ring under another master key does not open and says what to do`() async throws {
        try await rotate(.fill)
        let stranger = KeySealer(TestService.masterKeys(9))
        let error = await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: stranger) }
        #expect("\(error as Any)".contains("master.key"))
    }

    @Test func `a key of an unknown algorithm does not open`() async throws {
        let record = SigningKeyRecord(
            id: "x", algorithm: "none", state: .current, sealedPrivateKey: [], createdAt: service.clock.now)
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { try $0.save(record) }
        await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: sealer) }
    }

    /// Published before use, and kept until the last token has expired.
    @Test func `keys are published before they sign and after`() async throws {
        try await rotate(.fill)
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        let first = try published(ring)
        let etag = ring.snapshot.etag
        #expect(first.count == 2 && first.contains(ring.snapshot.current.id))
        #expect(try await ring.reload() == false)
        #expect(ring.snapshot.etag == etag)

        let next = try #require(first.first { $0 != ring.snapshot.current.id })
        try await rotate(.command)
        #expect(try await ring.reload())
        #expect(ring.snapshot.current.id == next)
        #expect(try Set(published(ring)).isSuperset(of: first))
        #expect(try published(ring).count == 3)
        #expect(ring.snapshot.etag != etag && ring.snapshot.etag.hasPrefix("\""))

        service.clock.advance(seconds: 660)
        _ = try await service.sessions.lane.submit(Sweep(limit: 10))
        #expect(try await ring.reload())
        #expect(try published(ring).count == 2)
        #expect(try published(ring).contains(next))
    }

    @Test func `a ring that cannot be read again goes on with what it has`() async throws {
        try await rotate(.fill)
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        let current = ring.snapshot.current.id
        let foreign = try KeySealer(TestService.masterKeys(9)).generate(.eddsa, at: service.clock.now)
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { try $0.save(foreign) }
        await #expect(throws: KeyFailure.self) { try await ring.reload() }
        #expect(ring.snapshot.current.id == current)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a sealed key shows nothing and cannot be moved to another row`(algorithm: SigningAlgorithm) throws {
        let record = try sealer.generate(algorithm, at: service.clock.now)
        #expect(try sealer.open(record).id == record.id)
        #expect(record.state == .next && record.algorithm == algorithm.rawValue)
        // A thumbprint (RFC 7638): SHA-256 in base64url.
        #expect(Base64URL.decode(record.id.utf8)?.count == 32)
        for index in [0, 12, record.sealedPrivateKey.count - 1] {
            var tampered = record
            tampered.sealedPrivateKey[index] ^= 1
            #expect(throws: KeyFailure.self) { try sealer.open(tampered) }
        }
        for other in SigningAlgorithm.allCases where other != algorithm {
            let moved = SigningKeyRecord(
                id: record.id, algorithm: other.rawValue, state: .next, sealedPrivateKey: record.sealedPrivateKey,
                createdAt: record.createdAt)
            #expect(throws: KeyFailure.self) { try sealer.open(moved) }
        }
        #expect(try sealer.generate(algorithm, at: service.clock.now).id != record.id)
    }
}
