import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let userPromises = [
        Promise("separates users who have the same name one after the other") {
            try await $0.separatesSuccessiveUsersOfAName()
        },
        Promise("keeps one session at a change of password") { try await $0.keepsOneSessionAtAPasswordChange() },
        Promise("keeps sessions ended when a user is enabled again") {
            try await $0.keepsSessionsEndedWhenAUserIsEnabled()
        },
        Promise("deletes the row of a deleted user after its last session") {
            try await $0.deletesTheRowOfADeletedUser()
        },
        Promise("compares names by their bytes") { try await $0.comparesNamesByTheirBytes() },
    ]

    private func separatesSuccessiveUsersOfAName() async throws {
        let service = TestService(store: try makeStore())
        let first = try await service.createUser("ada")
        let token = try await service.login(first).token
        await #expect(throws: TestService.Refused.self) { try await service.createUser("ada") }
        // Deleted and created again in one transaction.
        let second = try service.transaction { transaction in
            _ = try SetUserState(of: first.id, to: .deleted).apply(to: &transaction)
            let account = SubjectRecord.Account(username: "ada", usernameKey: "ada", password: PasswordHash(phc: "$y"))
            return try CreateUser(account: account, entropy: service.entropy).apply(to: &transaction)
        }
        guard case .created(let namesake) = second else {
            Issue.record("the name was not released")
            return
        }
        #expect(namesake.id != first.id)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.store.subject(usernameKey: "ada")?.id == namesake.id)
    }

    private func keepsOneSessionAtAPasswordChange() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let mine = try await service.login(user)
        let other = try await service.login(user)
        let feed = try await service.store.revocations(after: 0, limit: 10).newest
        let change = ChangePassword(
            by: .owner(mine.session.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await service.submit(change) == .changed)
        #expect(try await service.submit(change) == .stale)
        #expect(try await service.refusal(of: other.token) == .revoked)
        #expect(try await service.rotate(mine.token) != nil)
        let entries = try await service.store.revocations(after: feed, limit: 10).entries
        #expect(entries.map(\.target) == [.session(other.session.id)])
        // A login that verified the old password is refused.
        await #expect(throws: TestService.Refused.self) { try await service.login(user) }
        #expect(try await service.store.subject(user.id)?.openSessions == 1)
    }

    private func keepsSessionsEndedWhenAUserIsEnabled() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        #expect(try await service.submit(SetUserState(of: user.id, to: .disabled)) == .done)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.submit(SetUserState(of: user.id, to: .active)) == .done)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.rotate(service.login(user).token) != nil)
        #expect(try await service.submit(SetUserState(of: SubjectID("x"), to: .active)) == .notFound)
    }

    private func deletesTheRowOfADeletedUser() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        #expect(try await service.submit(SetUserState(of: user.id, to: .deleted)) == .done)
        #expect(try await service.submit(SetUserState(of: user.id, to: .active)) == .notFound)
        #expect(try await service.refusal(of: token) == .revoked)
        await #expect(throws: TestService.Refused.self) { try await service.login(user) }
        // An outside subject cannot take its id.
        await #expect(throws: TestService.Refused.self) { try await service.open(user.id.value) }
        let row = try #require(await service.store.subject(user.id))
        #expect(row.state == .deleted && row.account == nil)
        #expect(try await service.store.users(after: "", limit: 9).isEmpty)
        // The row outlives the sessions and the entry in the feed.
        let entry = try #require(await service.store.revocations(after: 0, limit: 9).entries.last)
        #expect(try #require(row.expiresAt) >= max(entry.until, service.clock.now + 100))
        service.clock.now = Timestamp(milliseconds: try #require(row.expiresAt).milliseconds - 1)
        for _ in 0..<2 { try await service.submit(Sweep(limit: 10)) }
        #expect(try await service.store.subject(user.id) == row)
        service.clock.advance(seconds: 0.001)
        for _ in 0..<2 { try await service.submit(Sweep(limit: 10)) }
        #expect(try await service.store.subject(user.id) == nil)
        #expect(try await service.refusal(of: token) == .unknown)
        #expect(try await service.createUser("ada").id != user.id)
    }

    /// In one transaction, and in the rows.
    private func comparesNamesByTheirBytes() async throws {
        let names = ["K", "\u{212A}", "\u{E9}", "e\u{301}", "a", "a\u{0}b", "a\u{0}c", "A", "a "]
        let service = TestService(store: try makeStore())
        func open(_ name: String) -> OpenSession {
            OpenSession(
                subject: SubjectID(name), evidence: .vouched(by: nil), client: ClientID(name), scope: .none,
                device: Device(), authenticationMethods: [], entropy: service.entropy)
        }
        try service.transaction { transaction in
            for name in names { transaction.save(ClientRecord(id: ClientID(name), createdAt: service.clock.now)) }
        }
        let together = try service.apply(names.map(open))
        for (name, outcome) in zip(names, together) {
            guard case .opened(let session, _, _) = outcome else {
                Issue.record("refused")
                continue
            }
            #expect(Array(session.record.subject.value.utf8) == Array(name.utf8))
            guard case .opened(let second, _, _) = try await service.submit(open(name)) else {
                Issue.record("refused")
                continue
            }
            let stored = try #require(await service.store.session(second.id))
            #expect(Array(stored.subject.id.value.utf8) == Array(name.utf8))
            #expect(Array(stored.record.client.value.utf8) == Array(name.utf8))
            #expect(stored.subject.openSessions == 2)
            let sessions = try await service.store.openSessions(of: SubjectID(name), limit: 10).map(\.id)
            #expect(Set(sessions) == [session.id, second.id])
        }
        for (ended, name) in names.enumerated() {
            let command = EndAllSessions(by: .administrator(of: SubjectID(name)))
            #expect(try await service.submit(command) == .ended(2))
            #expect(try await service.sessions.sessions(of: nil).count == 2 * (names.count - ended - 1))
        }
    }
}
