import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let sessionPromises = [
        Promise("returns what was written") { try await $0.returnsWhatWasWritten() },
        Promise("ends a session only for its owners") { try await $0.endsASessionOnlyForItsOwners() },
        Promise("keeps the count of open sessions right") { try await $0.countsOpenSessions() },
        Promise("deletes what has expired") { try await $0.deletesWhatHasExpired() },
        Promise("keeps whether a session is remembered") { try await $0.keepsWhetherASessionIsRemembered() },
        Promise("pages and orders its lists") { try await $0.pagesAndOrdersLists() },
        Promise("lists every live session on one page") { try await $0.listsEveryLiveSessionOnOnePage() },
    ]

    private func returnsWhatWasWritten() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        #expect(try await service.store.subject(user.id) == user)
        #expect(try await service.store.subjects(named: UsernameKeys(exact: "ada", folded: "ada")) == [user])
        let mobile = ClientRecord(id: ClientID("mobile"), createdAt: service.clock.now)
        try service.transaction { $0.save(mobile) }
        let device = Device(name: "Ada's \u{1F4BB}", address: "2001:db8::1", userAgent: "curl/8")
        let outcome = try await service.sessions.open(
            user.id, evidence: .password(version: 0), client: ClientID("mobile"),
            scope: try #require(Scope("read write")), device: device, authenticationMethods: ["pwd", "otp"],
            authenticatedAt: Timestamp(milliseconds: 1_700_000_000_123))
        guard case .opened(let session, _, _) = outcome else {
            Issue.record("refused")
            return
        }
        #expect(try await service.store.session(session.id) == session)
        #expect(try await service.store.openSessions(of: user.id, limit: 10) == [session])
        #expect(try await service.store.users(after: "", limit: 10).map(\.id) == [user.id])
        let client = ClientRecord(
            id: ClientID("api"), secretHashes: [ClientSecretHash(of: "1"), ClientSecretHash(of: "2")],
            jwks: #"{"keys":[]}"#, accessTokenFormat: .opaque, allowedScope: Scope("read"),
            permissions: [.vouch, .feed],
            limits: ClientLimits(idleLifetimeSeconds: 1, absoluteLifetimeSeconds: 2, retryWindowSeconds: 0),
            createdAt: service.clock.now)
        try service.transaction { $0.save(client) }
        #expect(try await service.store.client(client.id) == client)
        #expect(try await service.store.clients() == [client, mobile, .web])
        // A look-up returns the client as it is now.
        try service.transaction { $0.removeClient(mobile.id) }
        let orphan = try await service.store.session(session.id)
        #expect(orphan?.client == nil && orphan?.isOpen == false)
        let asked = try await service.store.session(session.id, askedBy: client.id)
        #expect(asked.session == orphan && asked.client == client)
        let unknown = try await service.store.session(service.unknownToken().session, askedBy: mobile.id)
        #expect(unknown.session == nil && unknown.client == nil)
        #expect(try await service.store.events(of: user.id, limit: 10).map(\.kind) == [.login, .userCreated])
    }

    private func endsASessionOnlyForItsOwners() async throws {
        let service = TestService(store: try makeStore())
        let mine = try await service.open("ada").session.id
        let other = try await service.open("ada").session.id
        let foreign = try await service.open("grace").session.id
        func end(_ id: SessionID, _ owner: EndSession.Owner) async throws -> EndSession.Outcome {
            try await service.submit(EndSession(id, by: owner, reason: .endedByOwner))
        }
        #expect(try await end(foreign, .subject(of: .session(mine))) == .notFound)
        #expect(try await end(foreign, .client(ClientID("other"))) == .notFound)
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).count == 1)
        #expect(try await end(other, .subject(of: .session(mine))) == .ended)
        #expect(try await end(other, .subject(of: .session(mine))) == .notFound)
        #expect(try await end(mine, .subject(of: .session(other))) == .refused(.revoked))
        #expect(try await end(foreign, .client(.web)) == .ended)
        #expect(try await end(mine, .tokenHolder) == .ended)
        #expect(try await end(mine, .tokenHolder) == .notFound)
        let ending = try await service.store.session(other)?.record.ending
        #expect(ending == SessionRecord.Ending(at: service.clock.now, reason: .endedByOwner))
        #expect(try await service.store.revocations(after: 0, limit: 10).entries.count == 3)
    }

    private func keepsWhetherASessionIsRemembered() async throws {
        let policy = RotationPolicy(
            idleLifetimeSeconds: 100, absoluteLifetimeSeconds: 1000, unrememberedLifetimeSeconds: 150)
        let service = TestService(store: try makeStore(), policy: policy)
        let start = service.clock.now
        func open(_ isRemembered: Bool) async throws -> RefreshToken {
            let outcome = try await service.sessions.open(
                SubjectID("ada"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["fed"], isRemembered: isRemembered)
            guard case .opened(let session, let token, _) = outcome else { throw TestService.Refused() }
            #expect(session.record.isRemembered == isRemembered)
            #expect(session.record.expiresAt == start + (isRemembered ? 1000 : 150))
            #expect(try await service.store.session(session.id) == session)
            return token
        }
        var (kept, forgotten) = (try await open(true), try await open(false))
        service.clock.advance(seconds: 90)
        kept = try #require(try await service.rotate(kept))
        forgotten = try #require(try await service.rotate(forgotten))
        service.clock.advance(seconds: 60)
        #expect(try await service.rotate(kept) != nil)
        #expect(try await service.refusal(of: forgotten) == .expired)
    }

    private func countsOpenSessions() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 100, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        let ada = SubjectID("ada")
        func count() async throws -> Int? { try await service.store.subject(ada)?.openSessions }
        var old: [SessionID] = []
        for _ in 0..<3 { old.append(try await service.open("ada").session.id) }
        #expect(try await count() == 3)
        try await service.submit(EndSession(old[0], by: .tokenHolder, reason: .logout))
        #expect(try await count() == 2)
        try await service.submit(EndAllSessions(by: .administrator(of: ada)))
        #expect(try await count() == 0)
        service.clock.advance(seconds: 10)
        var young: [SessionID] = []
        for _ in 0..<3 { young.append(try await service.open("ada").session.id) }
        service.clock.advance(seconds: 90)
        // The old sessions were not counted any more, so deleting them does not change the count.
        #expect(try await service.submit(Sweep(limit: 10)) == false)
        #expect(try await service.store.session(old[1]) == nil)
        #expect(try await count() == 3)
        try await service.submit(EndSession(young[0], by: .tokenHolder, reason: .logout))
        #expect(try await count() == 2)
        service.clock.advance(seconds: 5)
        let last = try await service.open("ada").session.id
        service.clock.advance(seconds: 5)
        try await service.submit(Sweep(limit: 10))
        #expect(try await count() == 1)
        #expect(try await service.store.openSessions(of: ada, limit: 10).map(\.id) == [last])
    }

    private func deletesWhatHasExpired() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        var tokens: [RefreshToken] = []
        for _ in 0..<3 { tokens.append(try await service.open().token) }
        service.clock.advance(seconds: 40)
        let young = try await service.open().token
        service.clock.advance(seconds: 60)
        #expect(try await service.submit(Sweep(limit: 2)) == true)
        #expect(try await service.submit(Sweep(limit: 2)) == false)
        for token in tokens { #expect(try await service.refusal(of: token) == .unknown) }
        #expect(try await service.refusal(of: young) == .expired)
        #expect(try await service.store.subject(SubjectID("somebody"))?.openSessions == 1)
        service.clock.advance(seconds: 40)
        try await service.submit(Sweep(limit: 9))
        try await service.submit(Sweep(limit: 9))
        #expect(try await service.store.subject(SubjectID("somebody")) == nil)
    }

    /// Sessions that have expired are passed over, also where a whole page of them stands between live ones.
    private func listsEveryLiveSessionOnOnePage() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 1000)
        let service = TestService(store: try makeStore(), policy: policy)
        let ada = SubjectID("ada")
        let kept = try await service.open("ada")
        for _ in 0..<7 { _ = try await service.open("ada") }
        service.clock.advance(seconds: 40)
        _ = try #require(await service.rotate(kept.token))
        service.clock.advance(seconds: 10)
        var live = [kept.session.id]
        for _ in 0..<4 {
            live.insert(try await service.open("ada").session.id, at: 0)
            service.clock.advance(seconds: 0.001)
        }
        for subject in [nil, ada] {
            for limit in [1, 2, 3, 4, 5, 9] {
                var pages: [[SessionID]] = []
                var next: SessionID?
                repeat {
                    let page = try await service.sessions.page(of: subject, after: next, limit: limit)
                    pages.append(page.sessions.map(\.id))
                    next = page.next
                } while next != nil && pages.count < 20
                #expect(pages.flatMap { $0 } == live)
                #expect(pages.dropLast().allSatisfy { $0.count <= limit })
            }
        }
        // The caller's own session is left out of all pages, and a first page may have no place but for it.
        for own in live {
            let others = live.filter { $0 != own }
            let empty = try await service.sessions.page(of: ada, limit: 0, except: own)
            #expect(empty.sessions.isEmpty)
            let first = try await service.sessions.page(of: ada, after: empty.next, limit: 3, except: own)
            #expect(first.sessions.map(\.id) == Array(others.prefix(3)))
            let second = try await service.sessions.page(of: ada, after: first.next, limit: 3, except: own)
            #expect(second.sessions.map(\.id) == Array(others.dropFirst(3)) && second.next == nil)
        }
    }

    private func pagesAndOrdersLists() async throws {
        let service = TestService(store: try makeStore())
        var opened: [SessionID] = []
        for name in ["b", "a", "d", "c"] {
            _ = try await service.createUser(name)
            service.clock.advance(seconds: 1)
            opened.append(try await service.open("somebody").session.id)
        }
        let page = try await service.store.users(after: "", limit: 3)
        #expect(page.map(\.account?.username) == ["a", "b", "c"])
        #expect(try await service.store.users(after: "c", limit: 3).map(\.account?.username) == ["d"])
        #expect(try await service.store.users(after: "d", limit: 3).isEmpty)
        let somebody = SubjectID("somebody")
        let newest = try await service.store.openSessions(of: somebody, limit: 2).map(\.id)
        #expect(newest == [opened[3], opened[2]])
        #expect(try await service.store.openSessions(of: nil, limit: 9).map(\.id) == opened.reversed())
        #expect(try await service.store.openSessions(of: SubjectID("nobody"), limit: 9).isEmpty)
        for subject in [nil, somebody] {
            let rest = try await service.store.openSessions(of: subject, after: opened[2], limit: 9).map(\.id)
            #expect(rest == [opened[1], opened[0]])
            let one = try await service.store.openSessions(of: subject, after: opened[3], limit: 1).map(\.id)
            #expect(one == [opened[2]])
            #expect(try await service.store.openSessions(of: subject, after: opened[0], limit: 9).isEmpty)
            #expect(try await service.store.openSessions(of: subject, after: .greatest, limit: 9).count == 4)
        }
        try service.transaction { transaction in
            for name in ["shop", "app", "mobile"] {
                transaction.save(ClientRecord(id: ClientID(name), createdAt: service.clock.now))
            }
        }
        #expect(try await service.store.clients(after: "", limit: 2).map(\.id.value) == ["app", "mobile"])
        #expect(try await service.store.clients(after: "mobile", limit: 2).map(\.id.value) == ["shop", "web"])
        #expect(try await service.store.events(of: nil, limit: 3).map(\.kind) == [.login, .userCreated, .login])
        let logins = try await service.store.events(of: somebody, limit: 9)
        #expect(logins.map(\.session) == opened.reversed())
        // All pages together are the same list, although events are recorded meanwhile.
        for subject in [nil, somebody] {
            let whole = try await service.store.events(EventQuery(subject: subject), limit: 99)
            #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.number > $1.number })
            var paged: [EventRecord] = []
            while true {
                let query = EventQuery(subject: subject, before: paged.last?.number)
                let page = try await service.store.events(query, limit: 3)
                if page.isEmpty { break }
                paged += page
                _ = try await service.open("somebody")
            }
            #expect(paged == whole)
        }
    }
}
