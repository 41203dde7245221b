import SQLiteStore
import Testing
import TokenCore
import TokenTesting

/// Numbers that this program does not write, as a damaged or foreign database may have them.
struct CorruptRowsTests {
    static let columns = [
        "subjects.epoch", "subjects.open_sessions", "subjects.created_at", "subjects.expires_at",
        "subjects.password_version", "sessions.authenticated_at", "sessions.created_at", "sessions.expires_at",
        "sessions.epoch", "refresh_tokens.generation", "refresh_tokens.rotated_at", "refresh_tokens.retry_count",
        "signing_keys.created_at", "signing_keys.activated_at", "signing_keys.expires_at", "clients.created_at",
        "clients.idle_lifetime", "clients.absolute_lifetime", "clients.retry_window", "revocations.sequence",
        "revocations.opened_before", "revocations.at", "revocations.expires_at", "events.event_id", "events.at",
        "events.generations_behind", "identities.created_at", "identities.last_used_at",
    ]

    @Test(arguments: columns, [Int.max - 1, Int.min, 1 << 62, -(1 << 62)])
    func `a number out of range is a corrupt row and never a trap`(column: String, number: Int) async throws {
        let database = try TemporaryDatabase()
        let store = try database.open()
        let service = TestService(store: store)
        let user = try await service.createUser("ada")
        let (session, token) = try await service.login(user)
        try await service.submit(AddClient(ClientID("api"), secretHash: nil))
        let identity = try #require(Identity(issuer: "https://op.example", providerSubject: "1"))
        _ = try await service.signIn(identity)
        try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
        let key = SigningKeyRecord(
            id: SigningKeyID("k"), algorithm: .es256, state: .next, sealedPrivateKey: [1], createdAt: service.clock.now)
        try await service.submit(RotateSigningKeys(.fill, candidates: [key], retentionSeconds: 100))

        let parts = column.utf8.split(separator: UInt8(ascii: ".")).map { String(decoding: $0, as: UTF8.self) }
        try database.run("UPDATE OR IGNORE \(parts[0]) SET \(parts[1]) = \(number)")
        let reads: [() async throws -> Void] = [
            { _ = try await store.session(session.record.id) },
            { _ = try await store.users(after: "", limit: 9) },
            { _ = try await store.subject(user.id) },
            { _ = try await store.signingKeys() },
            { _ = try await store.identity(identity.id) },
            { _ = try await store.clients() },
            { _ = try await store.events(EventQuery(), limit: 9) },
            { _ = try await store.revocations(after: Int.min, limit: 9) },
            { _ = try await service.submit(EndAllSessions(by: .administrator(of: user.id))) },
            { _ = try await service.rotate(token) },
        ]
        // No list reaches events of negative numbers.
        if column == "events.event_id", number < 0 { return }
        var failures = 0
        for read in reads { do { try await read() } catch { failures += 1 } }
        #expect(failures > 0)
    }

    @Test func `a reuse ends a session whose subject has a count that cannot be read`() async throws {
        let database = try TemporaryDatabase()
        let store = try database.open()
        let service = TestService(store: store)
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        _ = try #require(await service.rotate(second))
        try database.run("UPDATE subjects SET open_sessions = \(1 << 62)")
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 2, seconds: 0))
        #expect(try await store.session(session.id)?.record.ending?.reason == .reuse)
    }

    /// A damaged right must not count as a wider one.
    @Test(arguments: [
        "allowed_scope = char(7)", "idle_lifetime = 0", "absolute_lifetime = -1", "retry_window = -1",
        "retry_window = 601",
    ])
    func `a right that this program does not write is a corrupt row`(right: String) async throws {
        let database = try TemporaryDatabase()
        let store = try database.open()
        let session = try await TestService(store: store).open().session
        try database.run("UPDATE clients SET \(right)")
        await #expect(throws: (any Error).self) { try await store.client(.web) }
        await #expect(throws: (any Error).self) { try await store.session(session.id) }
    }
}
