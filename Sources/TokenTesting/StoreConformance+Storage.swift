import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let storagePromises = [
        Promise("rolls back a failed transaction") { try await $0.rollsBackAFailedTransaction() },
        Promise("keeps answered writes through a crash") { try await $0.keepsAnsweredWritesThroughACrash() },
        Promise("returns every field of keys and events") { try await $0.returnsEveryFieldOfKeysAndEvents() },
        Promise("keeps reasons and kinds that a newer version has written") {
            try await $0.keepsUnknownReasonsAndKinds()
        },
    ]

    private func rollsBackAFailedTransaction() async throws {
        struct Fault: Error {}
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        #expect(throws: Fault.self) {
            try service.transaction { transaction in
                _ = try EndSession(session.id, by: .tokenHolder, reason: .logout).apply(to: &transaction)
                throw Fault()
            }
        }
        #expect(try await service.store.session(session.id) == session)
        #expect(try await service.rotate(token) != nil)
    }

    private func keepsAnsweredWritesThroughACrash() async throws {
        guard let reopen else { return }
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let mine = try await service.login(user)
        _ = try await service.login(user)
        let (session, first) = try await service.open("grace")
        let second = try #require(await service.rotate(first))
        let third = try #require(await service.rotate(second))
        _ = try await service.open("lin")
        try await service.submit(EndAllSessions(by: .administrator(of: SubjectID("lin"))))
        let change = ChangePassword(
            by: .owner(mine.session.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await service.submit(change) == .changed)
        try service.transaction { transaction in
            transaction.save(ClientRecord(id: ClientID("api"), createdAt: service.clock.now))
        }

        let restarted = TestService(store: try reopen(), seed: 2)
        #expect(
            try await restarted.store.openSessions(of: nil, limit: 99) == service.store.openSessions(of: nil, limit: 99)
        )
        #expect(try await restarted.store.events(of: nil, limit: 99) == service.store.events(of: nil, limit: 99))
        #expect(try await restarted.store.clients() == service.store.clients())
        #expect(
            try await restarted.store.revocations(after: 0, limit: 99)
                == service.store.revocations(after: 0, limit: 99))
        for id in [user.id, SubjectID("grace"), SubjectID("lin")] {
            #expect(try await restarted.store.subject(id) == service.store.subject(id))
        }
        #expect(try await restarted.rotate(second)?.plaintext == third.plaintext)
        #expect(try await restarted.rotate(third) != nil)
        #expect(try await restarted.refusal(of: first) == .reuse(generationsBehind: 3, seconds: 0))
        #expect(try await restarted.store.session(session.id)?.record.ending?.reason == .reuse)
    }

    private func returnsEveryFieldOfKeysAndEvents() async throws {
        let service = TestService(store: try makeStore())
        let now = service.clock.now
        let keys = [
            SigningKeyRecord(
                id: "a", algorithm: .es256, state: .retired, sealedPrivateKey: [0, 1, 255], createdAt: now,
                activatedAt: now + 1, expiresAt: now + 2),
            SigningKeyRecord(
                id: "b", algorithm: .mldsa65, state: .current,
                sealedPrivateKey: (0..<5000).map { UInt8(truncatingIfNeeded: $0) }, createdAt: now + 3,
                activatedAt: now + 4),
            SigningKeyRecord(id: "c", algorithm: .rs256, state: .next, sealedPrivateKey: [], createdAt: now + 3),
        ]
        let session = SessionID(UUIDv7(at: now, random: service.entropy.bytes()))
        let events =
            EventRecord.Kind.all.map { EventRecord($0, at: now) } + [
                EventRecord(
                    .login, at: Timestamp(milliseconds: now.milliseconds + 1), subject: SubjectID("ada"),
                    session: session, client: ClientID("mobile"), actor: "command_line:ada", address: "2001:db8::1",
                    detail: "\u{1F4BB} \"'", generationsBehind: 3)
            ]
        try service.transaction { transaction in
            for key in keys { try transaction.save(key) }
            for event in events { transaction.record(event) }
        }
        #expect(try await service.store.signingKeys() == keys)
        #expect(try await service.store.events(of: nil, limit: 100) == events.reversed())
    }

    /// During a rolling upgrade, a node reads reasons and kinds that it does not know.
    private func keepsUnknownReasonsAndKinds() async throws {
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open("ada")
        let (reason, kind) = (EndReason(rawValue: "session_limit"), EventRecord.Kind(rawValue: "identity_linked"))
        try service.transaction { transaction in
            try transaction.end(session.id, reason: reason)
            transaction.record(EventRecord(kind, at: service.clock.now, subject: SubjectID("ada")))
        }
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.store.session(session.id)?.record.ending?.reason == reason)
        #expect(try await service.store.events(of: SubjectID("ada"), limit: 1).map(\.kind) == [kind])
    }
}
