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
        Promise("keeps a user without a password") { try await $0.keepsAUserWithoutAPassword() },
        Promise("finds users by both forms of their names") { try await $0.findsUsersByBothForms() },
        Promise("renames users within a transaction") { try await $0.renamesUsers() },
        Promise("stores the folded names of older users") { try await $0.storesFoldedNames() },
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
        let keys = UsernameKeys(exact: "ada", folded: "ada")
        #expect(try await service.store.subjects(named: keys).map(\.id) == [namesake.id])
    }

    private func createUser(_ service: TestService, _ exact: String, folded: String?) async throws -> SubjectID {
        let account = SubjectRecord.Account(
            username: exact, usernameKey: exact, foldedUsername: folded, password: PasswordHash(phc: "$x"))
        let outcome = try await service.submit(CreateUser(account: account, entropy: service.entropy))
        guard case .created(let user) = outcome else { throw TestService.Refused() }
        return user.id
    }

    private func keepsAUserWithoutAPassword() async throws {
        let service = TestService(store: try makeStore())
        let account = SubjectRecord.Account(username: "ada", usernameKey: "ada", foldedUsername: "ada", password: nil)
        guard case .created(let user) = try await service.submit(CreateUser(account: account, entropy: service.entropy))
        else { throw TestService.Refused() }
        #expect(try await service.store.subject(user.id) == user)
        #expect(try await service.store.users(after: "", limit: 9) == [user])
        let set = ChangePassword(by: .administrator(user.id), to: PasswordHash(phc: "$new"))
        #expect(try await service.submit(set) == .changed)
        let changed = try #require(await service.store.subject(user.id)?.account)
        #expect(changed.password == PasswordHash(phc: "$new") && changed.passwordVersion == 1)
    }

    private func findsUsersByBothForms() async throws {
        let service = TestService(store: try makeStore())
        let store = service.store
        let old = try await createUser(service, "νικος", folded: nil)
        let new = try await createUser(service, "νικοσ", folded: "νικοσ")
        func find(_ exact: String, _ folded: String) async throws -> Set<SubjectID> {
            try await Set(store.subjects(named: UsernameKeys(exact: exact, folded: folded)).map(\.id))
        }
        #expect(try await find("νικος", "νικοσ") == [old, new])
        #expect(try await find("Νικος", "νικοσ") == [new])
        #expect(try await find("νικος", "x") == [old])
        #expect(try await find("νικο", "νικο").isEmpty)
        #expect(try await store.subjects(named: .none).isEmpty)
        for (exact, folded) in [("νικοσ", "x"), ("x", "νικοσ"), ("νικος", "x")] {
            await #expect(throws: TestService.Refused.self) {
                _ = try await createUser(service, exact, folded: folded)
            }
        }
        _ = try await service.submit(SetUserState(of: new, to: .deleted))
        #expect(try await find("νικοσ", "νικοσ").isEmpty)
    }

    private func renamesUsers() async throws {
        let service = TestService(store: try makeStore())
        let ada = try await createUser(service, "ada", folded: "ada")
        let eve = try await createUser(service, "eve", folded: "eve")
        let keys = { (name: String) in UsernameKeys(exact: name, folded: name) }
        let (outcomes, new) = try service.transaction { transaction in
            let outcomes = [
                try RenameUser(eve, to: "Ada", keys: keys("ada")).apply(to: &transaction),
                try RenameUser(ada, to: "Grace", keys: keys("grace")).apply(to: &transaction),
                // Released, but not committed yet.
                try RenameUser(eve, to: "Ada", keys: keys("ada")).apply(to: &transaction),
                try RenameUser(eve, to: "GRACE", keys: keys("grace")).apply(to: &transaction),
            ]
            let account = SubjectRecord.Account(
                username: "ada", usernameKey: "ada", foldedUsername: "ada", password: PasswordHash(phc: "$x"))
            return (outcomes, try CreateUser(account: account, entropy: service.entropy).apply(to: &transaction))
        }
        guard case .nameTaken = outcomes[0], case .renamed = outcomes[1], case .nameTaken = outcomes[2],
            case .nameTaken = outcomes[3], case .created(let namesake) = new
        else {
            Issue.record("\(outcomes) \(new)")
            return
        }
        #expect(try await service.store.subjects(named: keys("ada")).map(\.id) == [namesake.id])
        #expect(try await service.submit(RenameUser(eve, to: "Eve", keys: keys("eve"))) != .nameTaken)
        #expect(try await service.store.subjects(named: keys("grace")).map(\.account?.username) == ["Grace"])
        #expect(try await service.submit(UnlockUser(ada)) == .unlocked)
        #expect(try await service.submit(UnlockUser(ada)) == .unlocked)
        #expect(try await service.store.subject(ada)?.account?.unlocks == 2)
    }

    private func storesFoldedNames() async throws {
        let service = TestService(store: try makeStore())
        let store = service.store
        let upper = try await createUser(service, "νικοσ", folded: nil)
        let lower = try await createUser(service, "νικος", folded: nil)
        let ada = try await createUser(service, "ada", folded: "ada")
        _ = try await service.open("outside")
        #expect(try await Set(store.usersWithoutFoldedName(limit: 9).map(\.id)) == [upper, lower])
        #expect(try await store.usersWithSharedFoldedName(limit: 9).isEmpty)
        try await service.submit(
            FoldUsernames([
                upper: UsernameKeys(exact: "νικοσ", folded: "νικοσ"),
                lower: UsernameKeys(exact: "νικος", folded: "νικοσ"),
                // Renamed in the meantime.
                ada: UsernameKeys(exact: "eve", folded: "eve"), SubjectID("nobody"): .none,
            ]))
        #expect(try await store.usersWithoutFoldedName(limit: 9).isEmpty)
        #expect(try await store.usersWithSharedFoldedName(limit: 9).map(\.id) == [lower, upper])
        #expect(try await store.usersWithSharedFoldedName(limit: 1).map(\.id) == [lower])
        #expect(try await store.subject(ada)?.account?.foldedUsername == "ada")
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
            #expect(try await service.store.subject(stored.subject.id)?.openSessions == 2)
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
