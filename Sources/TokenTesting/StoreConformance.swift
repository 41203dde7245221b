import Testing
package import TokenCore

/// What every store must do. A store's own tests are a maker and one call a promise.
package struct StoreConformance: Sendable {
    let makeStore: @Sendable () throws -> any Store
    let reopen: (@Sendable () throws -> any Store)?

    /// - Parameter reopen: opens what a crash at this moment would leave of the store made last; nil for a store that
    ///   outlives nothing.
    package init(
        _ makeStore: @escaping @Sendable () throws -> any Store, reopen: (@Sendable () throws -> any Store)? = nil
    ) {
        self.makeStore = makeStore
        self.reopen = reopen
    }

    /// The promises, by name.
    package static let promises: [(name: String, keep: @Sendable (StoreConformance) async throws -> Void)] = [
        ("gives back what was written", { try await $0.givesBackWhatWasWritten() }),
        ("hands out the identical successor", { try await $0.handsOutTheIdenticalSuccessor() }),
        ("commits the kill though the answer is an error", { try await $0.commitsTheKill() }),
        ("lets one of many parallel presentations win", { try await $0.letsOneParallelPresentationWin() }),
        ("ends everything under parallel refreshes", { try await $0.endsEverythingUnderParallelRefreshes() }),
        ("counts what a logout-all ends and spares what follows", { try await $0.countsAndSpares() }),
        ("changes nothing on bad input", { try await $0.changesNothingOnBadInput() }),
        ("keeps users apart who bear one name in turn", { try await $0.keepsNamesakesApart() }),
        ("keeps one session at a change of password", { try await $0.keepsOneSessionAtAChangeOfPassword() }),
        ("disables for good", { try await $0.disablesForGood() }),
        ("numbers the feed without gaps", { try await $0.numbersTheFeed() }),
        ("collects what has expired", { try await $0.collectsWhatHasExpired() }),
        ("moves the key ring on", { try await $0.movesTheKeyRingOn() }),
        ("rolls a failed transaction back", { try await $0.rollsBack() }),
        ("counts retries to the last", { try await $0.countsRetriesToTheLast() }),
        ("ends a session for those who may", { try await $0.endsASessionForThoseWhoMay() }),
        ("lets no refusal spoil its neighbours", { try await $0.letsNoRefusalSpoilItsNeighbours() }),
        ("keeps names apart that look alike", { try await $0.keepsNamesApartThatLookAlike() }),
        ("keeps the count of open sessions right", { try await $0.keepsTheCountRight() }),
        ("writes one row for a logout-all", { try await $0.writesOneRowForALogoutAll() }),
        ("tells by the id whom a logout-all concerns", { try await $0.tellsByTheIdWhomALogoutAllConcerns() }),
        ("tells the feed of all that a new password ends", { try await $0.tellsTheFeedOfAllThatANewPasswordEnds() }),
        ("keeps the feed for as long as it is needed", { try await $0.keepsTheFeedAsLongAsNeeded() }),
        ("forgets a deleted user in time", { try await $0.forgetsADeletedUserInTime() }),
        ("pages and orders its lists", { try await $0.pagesAndOrdersItsLists() }),
        ("gives back every field of keys and events", { try await $0.givesBackKeysAndEvents() }),
        ("replaces and removes clients", { try await $0.replacesAndRemovesClients() }),
        ("brings no session back with its client", { try await $0.bringsNoSessionBackWithItsClient() }),
        ("lets an assertion be used once", { try await $0.letsAnAssertionBeUsedOnce() }),
        ("takes signing keys out of the ring", { try await $0.takesSigningKeysOut() }),
        ("keeps what was answered through a crash", { try await $0.keepsWhatWasAnswered() }),
    ]

    private func givesBackWhatWasWritten() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        #expect(try await service.store.subject(user.id) == user)
        #expect(try await service.store.subject(usernameKey: "ada") == user)
        let mobile = ClientRecord(id: ClientID("mobile"), createdAt: service.clock.now)
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { $0.save(mobile) }
        let device = Device(name: "Ada's \u{1F4BB}", address: "2001:db8::1", userAgent: "curl/8")
        let outcome = try await service.sessions.open(
            user.id, evidence: .password(version: 0), client: ClientID("mobile"),
            scope: try #require(Scope("read write")), device: device, authenticationMethods: ["pwd", "otp"],
            authenticatedAt: Timestamp(milliseconds: 1_700_000_000_123))
        guard case .opened(let session, _) = outcome else {
            Issue.record("refused")
            return
        }
        #expect(try await service.store.session(session.record.id) == session)
        #expect(try await service.store.sessions(of: user.id, limit: 10) == [session])
        #expect(try await service.store.users(after: "", limit: 10).map(\.id) == [user.id])
        let client = ClientRecord(
            id: ClientID("api"), secretHashes: [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32)],
            jwks: #"{"keys":[]}"#, accessTokenFormat: .opaque, allowedScope: Scope("read"), createdAt: service.clock.now
        )
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { $0.save(client) }
        #expect(try await service.store.client(client.id) == client)
        #expect(try await service.store.clients() == [client, mobile])
        // A look-up finds the client as it is now.
        try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            transaction.removeClient(mobile.id)
        }
        let orphan = try await service.store.session(session.record.id)
        #expect(orphan?.client == nil && orphan?.isRevoked == true)
        let asked = try await service.store.session(session.record.id, askedBy: client.id)
        #expect(asked.session == orphan && asked.client == client)
        let askedByNobody = try await service.store.session(
            SessionID(UUIDv7(at: service.clock.now, random: service.entropy.bytes())), askedBy: mobile.id)
        #expect(askedByNobody.session == nil && askedByNobody.client == nil)
        #expect(try await service.store.events(of: user.id, limit: 10).map(\.kind) == [.login, .userCreated])
    }

    private func handsOutTheIdenticalSuccessor() async throws {
        let service = TestService(store: try makeStore())
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        for _ in 0..<3 { #expect(try await service.rotate(first)?.plaintext == second.plaintext) }
        #expect(try await service.store.session(session.record.id)?.token.retries == 3)
        #expect(try await service.store.session(session.record.id)?.token.generation == Generation(1))
        let third = try #require(await service.rotate(second))
        #expect(third.generation == Generation(2))
    }

    private func commitsTheKill() async throws {
        let service = TestService(store: try makeStore())
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        let third = try #require(await service.rotate(second))
        service.clock.advance(seconds: 5)
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 2, seconds: 5))
        #expect(try await service.refusal(of: third) == .revoked)
        #expect(try await service.store.session(session.record.id)?.session.ending?.reason == .reuse)
        #expect(try await service.store.events(of: session.subject.id, limit: 1).map(\.kind) == [.reuseDetected])
    }

    private func letsOneParallelPresentationWin() async throws {
        let service = TestService(store: try makeStore(), holdBack: .milliseconds(5))
        for _ in 0..<10 {
            let (session, token) = try await service.open()
            let successors = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<64 { group.addTask { try await service.rotate(token)?.plaintext } }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(Set(successors).count == 1 && successors.allSatisfy { $0 != nil })
            #expect(try await service.store.session(session.record.id)?.token.generation == Generation(1))
        }
    }

    private func endsEverythingUnderParallelRefreshes() async throws {
        let service = TestService(store: try makeStore())
        var opened: [RefreshToken] = []
        for _ in 0..<8 { opened.append(try await service.open("grace").token) }
        let tokens = opened
        let newest = try await withThrowingTaskGroup(of: RefreshToken.self) { group in
            for token in tokens {
                group.addTask {
                    var newest = token
                    while let next = try await service.rotate(newest) { newest = next }
                    return newest
                }
            }
            group.addTask {
                _ = try await service.sessions.lane.submit(
                    EndAllSessions(by: .administrator(SubjectID("grace"))))
                return tokens[0]
            }
            return try await group.reduce(into: [RefreshToken]()) { $0.append($1) }
        }
        for token in newest where token.generation > .first || token.session != tokens[0].session {
            #expect(try await service.refusal(of: token) == .revoked)
        }
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).isEmpty)
    }

    private func countsAndSpares() async throws {
        let service = TestService(store: try makeStore())
        var tokens: [RefreshToken] = []
        for _ in 0..<3 { tokens.append(try await service.open("ada").token) }
        _ = try await service.open("grace")
        _ = try await service.sessions.lane.submit(EndSession(tokens[0].session, reason: .logout))
        let command = EndAllSessions(by: .holder(.refreshToken(tokens[1], nil)))
        #expect(try await service.sessions.lane.submit(command) == .ended(2))
        #expect(try await service.sessions.lane.submit(command) == .refused(.revoked))
        // The clock has not moved: what is opened now is not concerned.
        let (session, token) = try await service.open("ada")
        #expect(session.record.id.uuid.time >= session.subject.epoch)
        #expect(try await service.rotate(token) != nil)
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).count == 1)
    }

    private func changesNothingOnBadInput() async throws {
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        let before = try await service.store.session(session.record.id)
        #expect(try await service.refusal(of: token, client: ClientID("thief")) == .otherClient)
        let strangers = TestService(store: MemoryStore(), masterKeys: TestService.masterKeys(9))
        let foreign = try await strangers.open().token
        #expect(service.sessions.parse(foreign.plaintext) == nil)
        let orphan = service.sessions.rules.rotation.keys.first(
            of: SessionID(UUIDv7(at: service.clock.now, random: service.entropy.bytes())),
            secret: service.entropy.bytes())
        #expect(try await service.refusal(of: orphan) == .unknown)
        #expect(try await service.store.session(session.record.id) == before)
        service.clock.advance(seconds: Double(service.sessions.policy.idleLifetimeSeconds))
        #expect(try await service.refusal(of: token) == .expired)
        #expect(try await service.store.session(session.record.id) == before)
    }

    private func keepsNamesakesApart() async throws {
        let service = TestService(store: try makeStore())
        let first = try await service.createUser("ada")
        let token = try await service.login(first).token
        await #expect(throws: TestService.Refused.self) { try await service.createUser("ada") }
        // Deleted and made anew within one transaction.
        let second = try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            _ = try SetUserState(of: first.id, to: .deleted).apply(to: &transaction)
            let account = SubjectRecord.Account(username: "ada", usernameKey: "ada", password: PasswordHash(phc: "$y"))
            return try CreateUser(account: account, entropy: service.entropy).apply(to: &transaction)
        }
        guard case .created(let namesake) = second else {
            Issue.record("the name was not free")
            return
        }
        #expect(namesake.id != first.id)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.store.subject(usernameKey: "ada")?.id == namesake.id)
    }

    private func keepsOneSessionAtAChangeOfPassword() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let mine = try await service.login(user)
        let other = try await service.login(user)
        let feed = try await service.store.revocations(after: 0, limit: 10).newest
        let change = ChangePassword(
            by: .owner(mine.session.record.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await service.sessions.lane.submit(change) == .changed)
        #expect(try await service.sessions.lane.submit(change) == .stale)
        #expect(try await service.refusal(of: other.token) == .revoked)
        #expect(try await service.rotate(mine.token) != nil)
        let entries = try await service.store.revocations(after: feed, limit: 10).entries
        #expect(entries.map(\.target) == [.session(other.session.record.id)])
        // A login that saw the old password comes too late.
        await #expect(throws: TestService.Refused.self) { try await service.login(user) }
        #expect(try await service.store.subject(user.id)?.openSessions == 1)
    }

    private func disablesForGood() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        #expect(try await service.sessions.lane.submit(SetUserState(of: user.id, to: .disabled)) == .done)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.sessions.lane.submit(SetUserState(of: user.id, to: .active)) == .done)
        #expect(try await service.refusal(of: token) == .revoked)
        #expect(try await service.rotate(service.login(user).token) != nil)
        #expect(try await service.sessions.lane.submit(SetUserState(of: SubjectID("x"), to: .active)) == .notFound)
    }

    private func numbersTheFeed() async throws {
        let service = TestService(store: try makeStore())
        for index in 0..<5 {
            let session = try await service.open("subject \(index)").session
            _ = try await service.sessions.lane.submit(EndSession(session.record.id, reason: .logout))
        }
        let page = try await service.store.revocations(after: 2, limit: 2)
        #expect(page.entries.map(\.sequence) == [3, 4] && page.newest == 5 && page.collected == 0)
        service.clock.advance(seconds: Double(600 + RevocationRecord.signingSeconds))
        _ = try await service.sessions.lane.submit(Sweep(limit: 100))
        let swept = try await service.store.revocations(after: 0, limit: 10)
        #expect(swept.entries.isEmpty && swept.newest == 5 && swept.collected == 5)
    }

    private func collectsWhatHasExpired() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        var tokens: [RefreshToken] = []
        for _ in 0..<3 { tokens.append(try await service.open().token) }
        service.clock.advance(seconds: 40)
        let young = try await service.open().token
        service.clock.advance(seconds: 60)
        #expect(try await service.sessions.lane.submit(Sweep(limit: 2)) == true)
        #expect(try await service.sessions.lane.submit(Sweep(limit: 2)) == false)
        for token in tokens { #expect(try await service.refusal(of: token) == .unknown) }
        #expect(try await service.refusal(of: young) == .expired)
        #expect(try await service.store.subject(SubjectID("somebody"))?.openSessions == 1)
        service.clock.advance(seconds: 40)
        _ = try await service.sessions.lane.submit(Sweep(limit: 9))
        _ = try await service.sessions.lane.submit(Sweep(limit: 9))
        #expect(try await service.store.subject(SubjectID("somebody")) == nil)
    }

    private func movesTheKeyRingOn() async throws {
        let service = TestService(store: try makeStore())
        func key(_ id: String) -> SigningKeyRecord {
            SigningKeyRecord(
                id: id, algorithm: "ES256", state: .next, sealedPrivateKey: [1, 2, 3], createdAt: service.clock.now)
        }
        func rotate(_ trigger: RotateSigningKeys.Trigger, _ ids: String...) async throws {
            _ = try await service.sessions.lane.submit(
                RotateSigningKeys(trigger, candidates: ids.map(key), retentionSeconds: 100))
        }
        func notify() async throws -> [String: SigningKeyRecord.State] {
            let keys = try await service.store.signingKeys()
            return Dictionary(uniqueKeysWithValues: keys.map { ($0.id, $0.state) })
        }
        try await rotate(.fill, "b", "a")
        #expect(try await ring() == ["a": .current, "b": .next])
        try await rotate(.fill, "x", "y")
        #expect(try await ring() == ["a": .current, "b": .next])
        try await rotate(.command, "c")
        #expect(try await ring() == ["a": .retired, "b": .current, "c": .next])
        try await rotate(.schedule(every: 50, publishedFor: 10), "d")
        #expect(try await ring() == ["a": .retired, "b": .current, "c": .next])
        service.clock.advance(seconds: 50)
        try await rotate(.schedule(every: 50, publishedFor: 10), "d")
        #expect(try await ring() == ["a": .retired, "b": .retired, "c": .current, "d": .next])
        service.clock.advance(seconds: 50)
        _ = try await service.sessions.lane.submit(Sweep(limit: 10))
        #expect(try await ring() == ["b": .retired, "c": .current, "d": .next])
        #expect(try await service.sessions.lane.submit(RevokeSigningKey("c")) == .revoked)
        #expect(try await ring() == ["b": .retired, "d": .current])
    }

    private func rollsBack() async throws {
        struct Fault: Error {}
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        #expect(throws: Fault.self) {
            try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
                _ = try EndSession(session.record.id, reason: .logout).apply(to: &transaction)
                throw Fault()
            }
        }
        #expect(try await service.store.session(session.record.id) == session)
        #expect(try await service.rotate(token) != nil)
    }
}
