import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let signingKeyPromises = [
        Promise("rotates the signing keys") { try await $0.rotatesSigningKeys() },
        Promise("removes signing keys") { try await $0.removesSigningKeys() },
    ]

    private func rotatesSigningKeys() async throws {
        let service = TestService(store: try makeStore())
        try await rotate(.fill, "a", "b", in: service)
        #expect(try await states(in: service) == ["a": .current, "b": .next])
        try await rotate(.fill, "x", "y", in: service)
        #expect(try await states(in: service) == ["a": .current, "b": .next])
        try await rotate(.command, "c", in: service)
        #expect(try await states(in: service) == ["a": .retired, "b": .current, "c": .next])
        try await rotate(.schedule(every: 50, publishedFor: 10), "d", in: service)
        #expect(try await states(in: service) == ["a": .retired, "b": .current, "c": .next])
        service.clock.advance(seconds: 50)
        try await rotate(.schedule(every: 50, publishedFor: 10), "d", in: service)
        #expect(try await states(in: service) == ["a": .retired, "b": .retired, "c": .current, "d": .next])
        service.clock.advance(seconds: 50)
        try await service.submit(Sweep(limit: 10))
        #expect(try await states(in: service) == ["b": .retired, "c": .current, "d": .next])
        #expect(try await service.submit(RevokeSigningKey("c")) == .revoked)
        #expect(try await states(in: service) == ["b": .retired, "d": .current])
    }

    private func removesSigningKeys() async throws {
        let service = TestService(store: try makeStore())
        func revoke(_ id: SigningKeyID) async throws -> RevokeSigningKey.Outcome {
            try await service.submit(RevokeSigningKey(id))
        }
        try await rotate(.fill, "a", "b", in: service)
        // The next key becomes the current one at once. Its successor must be published first.
        #expect(try await revoke("unknown") == .notFound)
        #expect(try await revoke("a") == .revoked)
        #expect(try await revoke("a") == .notFound)
        #expect(try await states(in: service) == ["b": .current])
        #expect(try await service.store.signingKeys().first?.activatedAt == service.clock.now)
        try await rotate(.fill, "c", in: service)
        try await rotate(.command, "d", in: service)
        #expect(try await states(in: service) == ["b": .retired, "c": .current, "d": .next])
        for id: SigningKeyID in ["b", "d", "c"] { #expect(try await revoke(id) == .revoked) }
        #expect(try await states(in: service).isEmpty)
        try await rotate(.fill, "e", "f", in: service)
        #expect(try await states(in: service) == ["e": .current, "f": .next])
    }

    /// Rotates with new keys of these ids; the first one is used first.
    private func rotate(
        _ trigger: RotateSigningKeys.Trigger, _ ids: SigningKeyID..., in service: TestService
    ) async throws {
        let candidates = ids.reversed().map {
            SigningKeyRecord(
                id: $0, algorithm: .es256, state: .next, sealedPrivateKey: [1, 2, 3], createdAt: service.clock.now)
        }
        try await service.submit(RotateSigningKeys(trigger, candidates: candidates, retentionSeconds: 100))
    }

    private func states(in service: TestService) async throws -> [SigningKeyID: SigningKeyRecord.State] {
        let keys = try await service.store.signingKeys()
        return Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0.state) })
    }
}
