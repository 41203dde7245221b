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
        try await service.submit(RotateSigningKeys(trigger, candidates: keys, retentionSeconds: 660))
    }

    private func published(_ ring: KeyRing) throws -> [SigningKeyID] {
        guard case .array(let keys)? = try JSONReader.read(ring.snapshot.jwks)["keys"] else { return [] }
        return keys.compactMap { $0["kid"]?.string.map { SigningKeyID($0) } }
    }

    @Test func `a ring without a current key does not open`() async throws {
        await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: sealer) }
    }

    @Test func `a ring does not open with another master key, and the error names the file`() async throws {
        try await rotate(.fill)
        let other = KeySealer(TestService.masterKeys(9))
        let error = await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: other) }
        #expect("\(error as Any)".contains("master.key"))
    }

    @Test func `a key of an unknown algorithm is named`() async throws {
        let record = SigningKeyRecord(
            id: "x", algorithm: SigningAlgorithm(rawValue: "none"), state: .current, sealedPrivateKey: [],
            createdAt: service.clock.now)
        try service.transaction { try $0.save(record) }
        let error = await #expect(throws: KeyFailure.self) { try await KeyRing(store: service.store, sealer: sealer) }
        #expect("\(error as Any)".contains("algorithm none"))
    }

    @Test func `keys are published before they sign and until the last token has expired`() async throws {
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
        try await service.submit(Sweep(limit: 10))
        #expect(try await ring.reload())
        #expect(try published(ring).count == 2)
        #expect(try published(ring).contains(next))
    }

    @Test func `a ring that cannot be reloaded keeps its keys`() async throws {
        try await rotate(.fill)
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        let current = ring.snapshot.current.id
        let foreign = try KeySealer(TestService.masterKeys(9)).generate(.eddsa, at: service.clock.now)
        try service.transaction { try $0.save(foreign) }
        await #expect(throws: KeyFailure.self) { try await ring.reload() }
        #expect(ring.snapshot.current.id == current)
    }
}
