import Testing
import TokenCore
import TokenSigning
import TokenTesting

struct ResealSigningKeysTests {
    let service = TestService(store: MemoryStore())

    private func reseal(_ sealer: KeySealer) async throws -> ResealSigningKeys.Outcome {
        try await service.submit(ResealSigningKeys(sealer: sealer))
    }

    private func recorded() async throws -> [String?] {
        try await service.store.events(EventQuery(kind: .keysResealed), limit: 9).map(\.detail)
    }

    @Test func `a reseal records how many keys it has sealed, and nothing when it changes none`() async throws {
        let old = KeySealer(TestService.masterKeys(1))
        let keys = try (0..<2).map { _ in try old.generate(.eddsa, at: service.clock.now) }
        try await service.submit(RotateSigningKeys(.fill, candidates: keys, retentionSeconds: 660))
        #expect(try await reseal(old) == .resealed(0))
        guard case .undecryptable = try await reseal(KeySealer(TestService.masterKeys(3))) else {
            Issue.record("a key was opened with another master key")
            return
        }
        #expect(try await recorded().isEmpty)
        let changed = KeySealer(TestService.masterKeys(2, 1))
        #expect(try await reseal(changed) == .resealed(2))
        #expect(try await reseal(changed) == .resealed(0))
        #expect(try await recorded() == ["2 keys"])
    }

    @Test func `a reseal of one key among others records one key`() async throws {
        let keys = try [1, 2].map { number in
            try KeySealer(TestService.masterKeys(number)).generate(.eddsa, at: service.clock.now)
        }
        try await service.submit(RotateSigningKeys(.fill, candidates: keys, retentionSeconds: 660))
        #expect(try await reseal(KeySealer(TestService.masterKeys(2, 1))) == .resealed(1))
        #expect(try await recorded() == ["1 key"])
    }
}
