import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let upstreamLogoutPromises = [
        Promise("ends the sessions of a provider's session") { try await $0.endsTheSessionsOfAnUpstreamSession() },
        Promise("ends the sessions that an identity has opened") { try await $0.endsTheSessionsOfAnIdentity() },
        Promise("leaves sessions that were opened after the provider's logout") { try await $0.leavesLaterSessions() },
        Promise("ends any number of sessions after a provider's logout") { try await $0.endsAnyNumberOfSessions() },
        Promise("ends what was opened in the same transaction") { try await $0.endsSessionsOfTheSameTransaction() },
    ]

    private static let issuer = "https://accounts.example"

    private func upstream(_ sid: String) -> UpstreamSessionID { UpstreamSessionID(issuer: Self.issuer, sid: sid) }

    private func logout(
        _ sessions: UpstreamSessions, before time: Timestamp, _ service: TestService
    ) -> EndUpstreamSessions {
        let id = (service.entropy.bytes() as RandomBytes<8>).bytes.map { "\($0)" }.joined(separator: ".")
        let token = UsedOnce.securityEvent(
            of: Self.issuer, named: id, issuedAt: service.clock.now.seconds, forgottenAfter: 120)
        return EndUpstreamSessions(sessions, openedBefore: time, token: token, provider: "op")
    }

    private func endsTheSessionsOfAnUpstreamSession() async throws {
        let service = TestService(store: try makeStore())
        let (ada, bob) = (try Self.identity("ada"), try Self.identity("bob"))
        let first = try await service.signIn(ada, upstream: upstream("1"))
        let again = try await service.signIn(ada, upstream: upstream("1"))
        let other = try await service.signIn(ada, upstream: upstream("2"))
        let none = try await service.signIn(ada)
        let foreign = try await service.signIn(bob, upstream: upstream("1"))
        service.clock.advance(seconds: 1)
        let now = service.clock.now
        // The identity narrows it; without one the session at the provider counts alone.
        let command = logout(.ofUpstream(upstream("1"), identity: ada.id), before: now, service)
        #expect(try await service.submit(command) == .ended(2))
        for (_, token) in [first, again] { #expect(try await service.refusal(of: token) == .revoked) }
        for (session, _) in [other, none, foreign] {
            #expect(try await service.store.session(session.id)?.isOpen == true)
        }
        let ended = try await service.store.session(first.session.id)?.record.ending
        #expect(ended == SessionRecord.Ending(at: now, reason: .upstreamLogout))
        let events = try await service.store.events(of: first.session.subject.id, limit: 2)
        #expect(events.allSatisfy { $0.kind == .upstreamLogout && $0.detail == "op" && $0.client == .web })
        #expect(Set(events.map(\.session)) == [first.session.id, again.session.id])
        let entries = try await service.store.revocations(after: 0, limit: 9).entries
        let named = entries.compactMap { if case .session(let id) = $0.target { id } else { nil } }
        #expect(Set(named) == [first.session.id, again.session.id] && entries.count == 2)
        #expect(try await service.store.subject(first.session.subject.id)?.openSessions == 2)
        // The token counts once.
        #expect(try await service.submit(command) == .used)
        let rest = logout(.ofUpstream(upstream("1"), identity: nil), before: now, service)
        #expect(try await service.submit(rest) == .ended(1))
        #expect(try await service.refusal(of: foreign.token) == .revoked)
        let unknown = logout(.ofUpstream(upstream("3"), identity: nil), before: now, service)
        #expect(try await service.submit(unknown) == .ended(0))
    }

    private func endsTheSessionsOfAnIdentity() async throws {
        let policy = RotationPolicy(absoluteLifetimeSeconds: 1000)
        let service = TestService(store: try makeStore(), policy: policy)
        let user = try await service.createUser("ada")
        let (first, second) = (try Self.identity("1"), try Self.identity("2"))
        for identity in [first, second] {
            try await service.submit(LinkIdentity(identity, by: .administrator(of: user.id)))
        }
        let byPassword = try await service.login(user)
        let ended = try await service.signIn(first, upstream: upstream("1"))
        let withoutSID = try await service.signIn(first)
        let loggedOut = try await service.signIn(first)
        try await service.submit(EndSession(loggedOut.session.id, by: .tokenHolder, reason: .logout))
        let bySecond = try await service.signIn(second)
        service.clock.advance(seconds: 1)
        // Sessions stay when the identity that has opened them is unlinked, and its provider still ends them.
        try await service.submit(UnlinkIdentity(first.id, by: .administrator(of: user.id)))
        #expect(try await service.store.session(ended.session.id)?.isOpen == true)
        #expect(try await service.submit(logout(.ofIdentity(first.id), before: service.clock.now, service)) == .ended(2))
        for (_, token) in [ended, withoutSID] { #expect(try await service.refusal(of: token) == .revoked) }
        for (session, _) in [byPassword, bySecond] {
            #expect(try await service.store.session(session.id)?.isOpen == true)
        }
        #expect(try await service.store.subject(user.id)?.openSessions == 2)
        // A logout-all has ended them before.
        try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
        #expect(
            try await service.submit(logout(.ofIdentity(second.id), before: service.clock.now + 9, service)) == .ended(0))
        service.clock.advance(seconds: 2000)
        for _ in 0..<3 { try await service.submit(Sweep(limit: 10)) }
        #expect(
            try await service.submit(logout(.ofIdentity(second.id), before: service.clock.now + 9, service)) == .ended(0))
    }

    private func leavesLaterSessions() async throws {
        let service = TestService(store: try makeStore())
        let identity = try Self.identity("ada")
        let before = try await service.signIn(identity, upstream: upstream("1"))
        service.clock.advance(seconds: 0.001)
        let time = service.clock.now
        let after = try await service.signIn(identity, upstream: upstream("1"))
        for sessions in [
            UpstreamSessions.ofUpstream(upstream("1"), identity: nil), .ofIdentity(identity.id),
        ] {
            _ = try await service.submit(logout(sessions, before: time, service))
            #expect(try await service.store.session(before.session.id)?.isOpen == false)
            #expect(try await service.store.session(after.session.id)?.isOpen == true)
        }
    }

    private func endsAnyNumberOfSessions() async throws {
        let service = TestService(store: try makeStore())
        let identity = try Self.identity("ada")
        let count = 2 * EndUpstreamSessions.limit + 1
        let commands = (0..<count).map { _ in service.signInCommand(identity, upstream: upstream("1")) }
        _ = try await service.submit(commands[0])
        _ = try service.apply(Array(commands.dropFirst()))
        service.clock.advance(seconds: 1)
        let command = logout(.ofIdentity(identity.id), before: service.clock.now, service)
        #expect(try await service.submit(command) == .endedSome(EndUpstreamSessions.limit))
        let rest = try await service.identities.endSessions(
            command.sessions, openedBefore: command.openedBefore, token: command.token, provider: "op")
        #expect(rest == count - EndUpstreamSessions.limit)
        let subject = try #require(await service.store.identity(identity.id)?.subject)
        #expect(try await service.store.openSessions(of: subject, limit: 9).isEmpty)
        #expect(try await service.store.subject(subject)?.openSessions == 0)
        let again = try await service.identities.endSessions(
            command.sessions, openedBefore: command.openedBefore, token: command.token, provider: "op")
        #expect(again == nil)
    }

    private func endsSessionsOfTheSameTransaction() async throws {
        let service = TestService(store: try makeStore())
        let identity = try Self.identity("ada")
        let stored = try await service.signIn(identity, upstream: upstream("1")).session
        let time = service.clock.now + 1
        let (open, other) = (
            service.signInCommand(identity, upstream: upstream("1")), service.signInCommand(identity)
        )
        let sid = logout(.ofUpstream(upstream("1"), identity: identity.id), before: time, service)
        let all = logout(.ofIdentity(identity.id), before: time, service)
        var keys = RowKeys()
        for command in [open, other] { command.prefetch(into: &keys) }
        sid.prefetch(into: &keys)
        keys.insert(sessionWithSubject: stored.id)
        let outcomes = try service.transaction(prefetching: keys) { transaction in
            _ = try open.apply(to: &transaction)
            _ = try other.apply(to: &transaction)
            let first = try sid.apply(to: &transaction)
            let second = try all.apply(to: &transaction)
            return [first, second]
        }
        #expect(outcomes == [.ended(2), .ended(1)])
        #expect(try await service.store.openSessions(of: stored.subject.id, limit: 9).isEmpty)
        #expect(try await service.store.subject(stored.subject.id)?.openSessions == 0)
        #expect(try await service.store.events(of: stored.subject.id, limit: 99).count { $0.kind == .upstreamLogout } == 3)
        // A logout-all in the same transaction leaves nothing to end.
        _ = try await service.signIn(identity)
        let outcome = try service.transaction(prefetching: keys) { transaction in
            _ = try EndAllSessions(by: .administrator(of: stored.subject.id)).apply(to: &transaction)
            let command = logout(.ofIdentity(identity.id), before: time + 99, service)
            return try command.apply(to: &transaction)
        }
        #expect(outcome == .ended(0))
    }
}
