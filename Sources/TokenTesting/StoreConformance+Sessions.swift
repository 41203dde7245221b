import Testing
import TokenCore

extension StoreConformance {
    func countsRetriesToTheLast() async throws {
        let policy = RotationPolicy(retryWindowSeconds: 60, maxRetries: 2)
        let service = TestService(store: try makeStore(), policy: policy)
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        service.clock.advance(seconds: 60)
        for count in 1...2 {
            #expect(try await service.rotate(first)?.plaintext == second.plaintext)
            #expect(try await service.store.session(session.record.id)?.token.retries == count)
        }
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 1, seconds: 60))
        #expect(try await service.refusal(of: second) == .revoked)

        let late = try await service.open()
        let successor = try #require(await service.rotate(late.token))
        service.clock.advance(seconds: 60.001)
        #expect(try await service.refusal(of: late.token) == .reuse(generationsBehind: 1, seconds: 60.001))
        #expect(try await service.refusal(of: successor) == .revoked)
    }

    func endsASessionForThoseWhoMay() async throws {
        let service = TestService(store: try makeStore())
        let mine = try await service.open("ada").session.record.id
        let other = try await service.open("ada").session.record.id
        let foreign = try await service.open("grace").session.record.id
        func end(_ id: SessionID, _ owner: EndSession.Owner) async throws -> EndSession.Outcome {
            try await service.sessions.lane.submit(EndSession(id, reason: .endedByOwner, owner: owner))
        }
        #expect(try await end(foreign, .subject(of: mine)) == .notFound)
        #expect(try await end(foreign, .client(ClientID("other"))) == .notFound)
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).count == 1)
        #expect(try await end(other, .subject(of: mine)) == .ended)
        #expect(try await end(other, .subject(of: mine)) == .notFound)
        #expect(try await end(mine, .subject(of: other)) == .refused(.revoked))
        #expect(try await end(foreign, .client(.web)) == .ended)
        #expect(try await end(mine, .anyone) == .ended)
        #expect(try await end(mine, .anyone) == .notFound)
        let ending = try await service.store.session(other)?.session.ending
        #expect(ending == SessionRecord.Ending(at: service.clock.now, reason: .endedByOwner))
        #expect(try await service.store.revocations(after: 0, limit: 10).entries.count == 3)
    }

    /// A transaction holds many callers' commands: one that is refused, and one that ends its family, among good ones.
    func letsNoRefusalSpoilItsNeighbours() async throws {
        let service = TestService(store: try makeStore())
        let stolen = try await service.open("ada")
        let second = try #require(await service.rotate(stolen.token))
        _ = try #require(await service.rotate(second))
        let good = try await service.open("grace")
        let unknown = service.sessions.rules.rotation.keys.first(
            of: SessionID(UUIDv7(at: service.clock.now, random: service.entropy.bytes())),
            secret: service.entropy.bytes())
        let outcomes = try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            try [unknown, stolen.token, good.token, stolen.token].map { token in
                try Rotate(presented: token, client: nil, address: nil, entropy: service.entropy).apply(to: &transaction)
            }
        }
        let refusals = outcomes.map { outcome -> Refusal? in
            if case .refused(let refusal) = outcome { refusal } else { nil }
        }
        #expect(refusals == [.unknown, .reuse(generationsBehind: 2, seconds: 0), nil, .revoked])
        #expect(try await service.store.session(stolen.session.record.id)?.session.ending?.reason == .reuse)
        #expect(try await service.store.session(good.session.record.id)?.token.generation == Generation(1))
    }

    /// Names are bytes: in one transaction, and in the rows.
    func keepsNamesApartThatLookAlike() async throws {
        let names = ["K", "\u{212A}", "\u{E9}", "e\u{301}", "a", "a\u{0}b", "a\u{0}c", "A", "a "]
        let service = TestService(store: try makeStore())
        func open(_ name: String) -> OpenSession {
            OpenSession(
                subject: SubjectID(name), evidence: .vouched(by: nil), client: ClientID(name), scope: .none,
                device: Device(),
                authenticationMethods: [], entropy: service.entropy)
        }
        let together = try service.store.transaction(at: service.clock.now, rules: service.sessions.rules) { transaction in
            try names.map { try open($0).apply(to: &transaction) }
        }
        for (name, outcome) in zip(names, together) {
            guard case .opened(let session, _) = outcome else {
                Issue.record("refused")
                continue
            }
            #expect(Array(session.record.subject.value.utf8) == Array(name.utf8))
            guard case .opened(let second, _) = try await service.sessions.lane.submit(open(name)) else {
                Issue.record("refused")
                continue
            }
            let stored = try #require(await service.store.session(second.session.id))
            #expect(Array(stored.subject.id.value.utf8) == Array(name.utf8))
            #expect(Array(stored.session.client.value.utf8) == Array(name.utf8))
            #expect(stored.subject.openSessions == 2)
            let sessions = try await service.store.sessions(of: SubjectID(name), limit: 10).map(\.session.id)
            #expect(Set(sessions) == [session.record.id, second.session.id])
        }
        for (ended, name) in names.enumerated() {
            let command = EndAllSessions(by: .administrator(SubjectID(name)))
            #expect(try await service.sessions.lane.submit(command) == .ended(2))
            #expect(try await service.sessions.sessions(of: nil).count == 2 * (names.count - ended - 1))
        }
    }

    func keepsTheCountRight() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 100, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        let ada = SubjectID("ada")
        func count() async throws -> Int? { try await service.store.subject(ada)?.openSessions }
        var old: [SessionID] = []
        for _ in 0..<3 { old.append(try await service.open("ada").session.record.id) }
        #expect(try await count() == 3)
        _ = try await service.sessions.lane.submit(EndSession(old[0], reason: .logout))
        #expect(try await count() == 2)
        _ = try await service.sessions.lane.submit(EndAllSessions(by: .administrator(ada)))
        #expect(try await count() == 0)
        service.clock.advance(seconds: 10)
        var young: [SessionID] = []
        for _ in 0..<3 { young.append(try await service.open("ada").session.record.id) }
        service.clock.advance(seconds: 90)
        // The old ones were not counted any more: collecting them takes nothing away.
        #expect(try await service.sessions.lane.submit(Sweep(limit: 10)) == false)
        #expect(try await service.store.session(old[1]) == nil)
        #expect(try await count() == 3)
        _ = try await service.sessions.lane.submit(EndSession(young[0], reason: .logout))
        #expect(try await count() == 2)
        service.clock.advance(seconds: 5)
        let last = try await service.open("ada").session.record.id
        service.clock.advance(seconds: 5)
        _ = try await service.sessions.lane.submit(Sweep(limit: 10))
        #expect(try await count() == 1)
        #expect(try await service.store.sessions(of: ada, limit: 10).map(\.session.id) == [last])
    }

    func pagesAndOrdersItsLists() async throws {
        let service = TestService(store: try makeStore())
        var opened: [SessionID] = []
        for name in ["b", "a", "d", "c"] {
            _ = try await service.createUser(name)
            service.clock.advance(seconds: 1)
            opened.append(try await service.open("somebody").session.record.id)
        }
        let page = try await service.store.users(after: "", limit: 3)
        #expect(page.map(\.account?.username) == ["a", "b", "c"])
        #expect(try await service.store.users(after: "c", limit: 3).map(\.account?.username) == ["d"])
        #expect(try await service.store.users(after: "d", limit: 3).isEmpty)
        let somebody = SubjectID("somebody")
        let newest = try await service.store.sessions(of: somebody, limit: 2).map(\.session.id)
        #expect(newest == [opened[3], opened[2]])
        #expect(try await service.store.sessions(of: nil, limit: 9).map(\.session.id) == opened.reversed())
        #expect(try await service.store.sessions(of: SubjectID("nobody"), limit: 9).isEmpty)
        #expect(try await service.store.events(of: nil, limit: 3).map(\.kind) == [.login, .userCreated, .login])
        let logins = try await service.store.events(of: somebody, limit: 9)
        #expect(logins.map(\.session) == opened.reversed())
        // Page by page the same list, whatever is recorded meanwhile.
        for subject in [nil, somebody] {
            let whole = try await service.store.events(of: subject, before: nil, limit: 99)
            #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.number > $1.number })
            var paged: [StoredEvent] = []
            while true {
                let page = try await service.store.events(of: subject, before: paged.last?.number, limit: 3)
                if page.isEmpty { break }
                paged += page
                _ = try await service.open("somebody")
            }
            #expect(paged == whole)
        }
    }
}
