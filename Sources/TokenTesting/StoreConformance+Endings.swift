import Testing
import TokenCore

extension StoreConformance {
    func writesOneRowForALogoutAll() async throws {
        let service = TestService(store: try makeStore())
        for _ in 0..<30 { _ = try await service.open("ada") }
        let ada = SubjectID("ada")
        let (outcome, writeSet) = try service.store.transaction(
            at: service.clock.now, rules: service.sessions.rules
        ) { transaction in
            (try EndAllSessions(by: .administrator(ada)).apply(to: &transaction), transaction.writeSet)
        }
        #expect(outcome == .ended(30))
        #expect(writeSet.subjects.count == 1 && writeSet.revocations.count == 1 && writeSet.events.count == 1)
        #expect(writeSet.changedSessions.isEmpty && writeSet.tokens.isEmpty && writeSet.openedSessions.isEmpty)
        #expect(try await service.sessions.sessions(of: ada).isEmpty)
    }

    /// Whatever the clocks do: the epoch advances, sessions from before it have earlier ids than the feed's bound, and
    /// sessions opened afterwards have not.
    func tellsByTheIdWhomALogoutAllConcerns() async throws {
        let service = TestService(store: try makeStore())
        let ahead = TestService(
            store: service.store, clock: TestClock(at: service.clock.now + 90), seed: 2)
        let ada = SubjectID("ada")
        var epoch = Timestamp(milliseconds: 0)
        var concerned: [SessionID] = []
        for jump in [0.0, 0, 0.001, 3600, 0, -7200, 0, 86_400] {
            service.clock.advance(seconds: jump)
            ahead.clock.advance(seconds: jump)
            for node in [service, ahead, service] { concerned.append(try await node.open("ada").session.record.id) }
            let read = try await service.store.revocations(after: 0, limit: 1000).newest
            #expect(try await service.sessions.lane.submit(EndAllSessions(by: .administrator(ada))) != .ended(0))
            let subject = try #require(await service.store.subject(ada))
            #expect(subject.epoch > epoch)
            epoch = subject.epoch
            let entries = try await service.store.revocations(after: read, limit: 10).entries
            guard entries.count == 1, case .subject(ada, openedBefore: let before) = entries[0].target else {
                Issue.record("\(entries)")
                return
            }
            #expect(concerned.allSatisfy { $0.uuid.time < before })
            let spared = try await service.open("ada")
            #expect(spared.session.record.id.uuid.time >= before)
            #expect(try await service.rotate(spared.token) != nil)
            concerned.append(spared.session.record.id)
        }
    }

    /// One entry for each other session whose access token may be alive: also one made by a late retry, and those of
    /// commands that share the transaction. None for sessions that the feed has spoken of.
    func tellsTheFeedOfAllThatANewPasswordEnds() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let leftBehind = try await service.login(user)
        _ = try await service.sessions.lane.submit(EndAllSessions(by: .administrator(user.id)))
        let resting = try await service.login(user)
        let retrying = try await service.login(user)
        _ = try #require(await service.rotate(retrying.token))
        service.clock.advance(seconds: 55)
        _ = try #require(await service.rotate(retrying.token))
        let ended = try await service.login(user)
        _ = try await service.sessions.lane.submit(EndSession(ended.session.record.id, reason: .logout))
        service.clock.advance(seconds: 570)
        let mine = try await service.login(user)
        let read = try await service.store.revocations(after: 0, limit: 10).newest

        let opened = try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            let login = OpenSession(
                subject: user.id, evidence: .password(version: 0), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["pwd"], entropy: service.entropy)
            guard case .opened(let session, _) = try login.apply(to: &transaction) else { throw TestService.Refused() }
            _ = try Rotate(presented: resting.token, client: nil, address: nil, entropy: service.entropy)
                .apply(to: &transaction)
            let change = ChangePassword(
                by: .owner(mine.session.record.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
            guard case .changed = try change.apply(to: &transaction) else { throw TestService.Refused() }
            return session.record.id
        }
        let told = try await service.store.revocations(after: read, limit: 10).entries.map { entry -> SessionID? in
            if case .session(let id) = entry.target { id } else { nil }
        }
        let expected = [resting.session.record.id, retrying.session.record.id, opened]
        #expect(told.count == expected.count && Set(told) == Set(expected))
        #expect(!expected.contains(leftBehind.session.record.id))
        for id in expected { #expect(try await service.store.session(id)?.isRevoked == true) }
        #expect(try await service.rotate(mine.token) != nil)
        #expect(try await service.store.subject(user.id)?.openSessions == 1)
    }

    /// A token that was allowed in the transaction of the revocation is signed after it.
    func keepsTheFeedAsLongAsNeeded() async throws {
        let service = TestService(store: try makeStore())
        let session = try await service.open().session
        _ = try await service.sessions.lane.submit(EndSession(session.record.id, reason: .logout))
        let entry = try #require(await service.store.revocations(after: 0, limit: 1).entries.first)
        #expect(entry.sequence == 1 && entry.at == service.clock.now)
        #expect(entry.until > service.clock.now + 600 && entry.until <= service.clock.now + 660)
        service.clock.now = Timestamp(milliseconds: entry.until.milliseconds - 1)
        _ = try await service.sessions.lane.submit(Sweep(limit: 10))
        #expect(try await service.store.revocations(after: 0, limit: 1).entries == [entry])
        service.clock.now = entry.until
        _ = try await service.sessions.lane.submit(Sweep(limit: 10))
        let page = try await service.store.revocations(after: 0, limit: 1)
        #expect(page == RevocationPage(entries: [], newest: 1, collected: 1))
        // The number is not given again.
        let next = try await service.open().session
        _ = try await service.sessions.lane.submit(EndSession(next.session.id, reason: .logout))
        #expect(try await service.store.revocations(after: 1, limit: 9).entries.map(\.sequence) == [2])
        #expect(try await service.store.revocations(after: 0, limit: 9).collected == 1)
    }

    func forgetsADeletedUserInTime() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        #expect(try await service.sessions.lane.submit(SetUserState(of: user.id, to: .deleted)) == .done)
        #expect(try await service.sessions.lane.submit(SetUserState(of: user.id, to: .active)) == .notFound)
        #expect(try await service.refusal(of: token) == .revoked)
        await #expect(throws: TestService.Refused.self) { try await service.login(user) }
        // Not even a trusted back-end brings it back under its old id.
        await #expect(throws: TestService.Refused.self) { try await service.open(user.id.value) }
        let row = try #require(await service.store.subject(user.id))
        #expect(row.state == .deleted && row.account == nil)
        #expect(try await service.store.users(after: "", limit: 9).isEmpty)
        // The row outlives its sessions, and what the feed says of it.
        let entry = try #require(await service.store.revocations(after: 0, limit: 9).entries.last)
        #expect(try #require(row.expiresAt) >= max(entry.until, service.clock.now + 100))
        service.clock.now = Timestamp(milliseconds: try #require(row.expiresAt).milliseconds - 1)
        for _ in 0..<2 { _ = try await service.sessions.lane.submit(Sweep(limit: 10)) }
        #expect(try await service.store.subject(user.id) == row)
        service.clock.advance(seconds: 0.001)
        for _ in 0..<2 { _ = try await service.sessions.lane.submit(Sweep(limit: 10)) }
        #expect(try await service.store.subject(user.id) == nil)
        #expect(try await service.refusal(of: token) == .unknown)
        #expect(try await service.createUser("ada").id != user.id)
    }
}
