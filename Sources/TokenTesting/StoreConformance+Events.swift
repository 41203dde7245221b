import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let eventPromises = [
        Promise("records what costs nothing once a session and minute") { try await $0.recordsOnceAMinute() },
        Promise("records nothing for sessions that are not live") { try await $0.recordsNothingForEndedSessions() },
        Promise("changes nothing when there is nothing to end") { try await $0.changesNothingWhenNothingEnds() },
        Promise("stores short texts only") { try await $0.storesShortTextsOnly() },
        Promise("lists events by subject, kind and number") { try await $0.listsEventsByTheirFilters() },
        Promise("keeps so many events at most, and the newest") { try await $0.keepsTheNewestEvents() },
        Promise("says when more rows have expired than a sweep deletes") { try await $0.saysWhenThereIsMoreToSweep() },
    ]

    private static let thief = ClientID("thief")

    private func kinds(_ store: any Store, _ subject: String = "somebody") async throws -> [EventRecord.Kind] {
        try await store.events(of: SubjectID(subject), limit: 99).map(\.kind)
    }

    /// In one transaction and in several, over rotations, after a restart, and when the clock goes back.
    private func recordsOnceAMinute() async throws {
        let service = TestService(store: try makeStore())
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        for _ in 0..<3 { #expect(try await service.rotate(first) != nil) }
        for _ in 0..<3 { #expect(try await service.refusal(of: second, client: Self.thief) == .otherClient) }
        let stolen = Rotate(Presentation(second, by: Self.thief), address: nil, entropy: service.entropy)
        _ = try service.apply([stolen, stolen])
        #expect(try await kinds(service.store) == [.clientMismatch, .refreshRetry, .login])
        #expect(try await service.store.session(session.id)?.token.retries == 3)

        // A rotation does not begin the minute anew.
        service.clock.advance(seconds: 59)
        let third = try #require(await service.rotate(second))
        #expect(try await service.rotate(second) != nil)
        #expect(try await service.refusal(of: third, client: Self.thief) == .otherClient)
        #expect(try await kinds(service.store).count == 3)
        let token = try #require(await service.store.session(session.id)).token
        #expect(token.retryRecordedAt == service.clock.now + -59 && token.mismatchRecordedAt == token.retryRecordedAt)
        let restarted = TestService(store: service.store, clock: service.clock, seed: 2)
        _ = try await restarted.refusal(of: third, client: Self.thief)
        #expect(try await kinds(service.store).count == 3)

        // Another session has a minute of its own.
        _ = try await service.refusal(of: service.open("grace").token, client: Self.thief)
        #expect(try await kinds(service.store, "grace") == [.clientMismatch, .login])

        service.clock.advance(seconds: 1)
        let unrecorded = try service.transaction { transaction in
            for _ in 0..<3 { _ = try stolen.apply(to: &transaction) }
            return transaction.writeSet.unrecordedEvents
        }
        #expect(unrecorded == [.clientMismatch, .clientMismatch])
        #expect(try await service.rotate(second) != nil)
        #expect(try await kinds(service.store).prefix(2) == [.refreshRetry, .clientMismatch])

        service.clock.advance(seconds: -3600)
        _ = try await service.refusal(of: third, client: Self.thief)
        #expect(try await kinds(service.store).first == .clientMismatch)
        #expect(try await kinds(service.store).count == 6)
    }

    private func recordsNothingForEndedSessions() async throws {
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        let (idle, idleToken) = try await service.open()
        service.clock.advance(seconds: Double(service.sessions.policy.idleLifetimeSeconds))
        let before = [try await service.store.session(session.id), try await service.store.session(idle.id)]
        for token in [token, idleToken] {
            #expect(try await service.refusal(of: token, client: Self.thief) == .otherClient)
            let endAll = EndAllSessions(by: .holder(.refreshToken(Presentation(token, by: Self.thief))))
            #expect(try await service.submit(endAll) == .refused(.otherClient))
            #expect(try await service.refusal(of: token) != nil)
        }
        #expect(try await kinds(service.store) == [.login, .logout, .login])
        #expect(try await service.store.session(session.id) == before[0])
        #expect(try await service.store.session(idle.id) == before[1])
    }

    private func changesNothingWhenNothingEnds() async throws {
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        func changes<C: Command>(_ command: C) throws -> (C.Outcome, Bool) {
            var keys = RowKeys()
            command.prefetch(into: &keys)
            return try service.transaction(prefetching: keys) { transaction in
                let outcome = try command.apply(to: &transaction)
                let set = transaction.writeSet
                let isEmpty =
                    set.subjects.isEmpty && set.changedSessions.isEmpty && set.events.isEmpty
                    && set.revocations.isEmpty && set.clients.isEmpty
                return (outcome, !isEmpty)
            }
        }
        #expect(try changes(EndOtherSessions(than: session.id)) == (.ended(0), false))
        _ = try await service.open()
        #expect(try changes(EndOtherSessions(than: session.id)) == (.ended(1), true))
        #expect(try changes(EndOtherSessions(than: session.id)) == (.ended(0), false))
        #expect(try await service.rotate(token) != nil)

        let somebody = EndAllSessions(by: .administrator(of: SubjectID("somebody")))
        #expect(try changes(somebody) == (.ended(1), true))
        #expect(try changes(somebody) == (.ended(0), false))
        #expect(try changes(EndSession(session.id, by: .administrator, reason: .logout)) == (.notFound, false))
        let user = try await service.createUser("ada")
        #expect(try changes(SetUserState(of: user.id, to: .active)) == (.done, false))
        let client = ClientRecord(id: ClientID("api"), jwks: "{}", createdAt: service.clock.now)
        try service.transaction { $0.save(client) }
        #expect(try changes(SetClientKeys(of: client.id, to: "{}")) == (.set, false))
        #expect(try changes(SetClientKeys(of: client.id, to: "{ }")) == (.set, true))
    }

    private func storesShortTextsOnly() async throws {
        let service = TestService(store: try makeStore())
        // One character of 30 001 bytes.
        let long = "a" + String(repeating: "\u{301}", count: 15_000)
        let device = Device(name: long, address: long, userAgent: long)
        let session = try await service.open(device: device).session
        let stored = try #require(await service.store.session(session.id)?.record.device)
        #expect(stored == device)
        #expect(stored.name?.utf8.count == 199 && stored.userAgent?.utf8.count == 399)
        #expect(stored.address?.utf8.count == 63)
        try service.transaction { transaction in
            transaction.record(EventRecord(.login, at: service.clock.now, address: long, detail: long))
        }
        let event = try #require(await service.store.events(EventQuery(), limit: 1).first)
        #expect(event.address?.utf8.count == 63 && event.detail?.utf8.count == 399)
        try service.transaction { try $0.end(session.id, reason: .reuse, detail: long) }
        #expect(try await service.store.session(session.id)?.record.ending?.detail?.utf8.count == 399)
    }

    private func listsEventsByTheirFilters() async throws {
        let service = TestService(store: try makeStore())
        let (now, ada, grace) = (service.clock.now, SubjectID("ada"), SubjectID("grace"))
        let named = service.clock.now.seconds
        func use(_ index: Int) -> UsedOnce {
            .assertion(of: .web, named: "\(index)", expiring: named, forgottenAfter: 60)
        }
        try service.transaction { transaction in
            for index in 0..<24 {
                let kind: EventRecord.Kind = index % 3 == 0 ? .logout : .login
                transaction.record(EventRecord(kind, at: now, subject: index % 2 == 0 ? ada : grace))
            }
        }
        let all = try await service.store.events(EventQuery(), limit: 99)
        #expect(all.count == 24)
        let middle = all[11].number
        for subject in [nil, ada, SubjectID("nobody")] {
            for kind in [nil, .logout, EventRecord.Kind(rawValue: "unknown")] {
                for after in [nil, 0, middle] {
                    for before in [nil, middle + 5] {
                        let wanted = all.filter { event in
                            (subject == nil || event.subject == subject) && (kind == nil || event.kind == kind)
                                && event.number > after ?? 0 && event.number < before ?? .max
                        }
                        let expected = after == nil ? wanted : wanted.reversed()
                        let query = EventQuery(subject: subject, kind: kind, after: after, before: before)
                        #expect(try await service.store.events(query, limit: 99) == expected)
                        #expect(try await service.store.events(query, limit: 3) == Array(expected.prefix(3)))
                    }
                }
            }
        }
    }

    private func keepsTheNewestEvents() async throws {
        let service = TestService(store: try makeStore())
        let named = service.clock.now.seconds
        func use(_ index: Int) -> UsedOnce {
            .assertion(of: .web, named: "\(index)", expiring: named, forgottenAfter: 60)
        }
        try service.transaction { transaction in
            for index in 0..<30 {
                transaction.record(EventRecord(.login, at: service.clock.now, detail: "\(index)"))
            }
        }
        func details() async throws -> [String?] { try await service.store.events(of: nil, limit: 99).map(\.detail) }
        let newest = try await details()
        #expect(try await service.submit(Sweep(limit: 10, maximumEvents: 30)) == false)
        #expect(try await details() == newest)
        #expect(try await service.submit(Sweep(limit: 10, maximumEvents: 15)) == true)
        #expect(try await details() == Array(newest.prefix(20)))
        #expect(try await service.submit(Sweep(limit: 10, maximumEvents: 15)) == false)
        #expect(try await details() == Array(newest.prefix(15)))
        // A number is given once.
        let last = try #require(await service.store.events(EventQuery(), limit: 1).first).number
        try service.transaction { $0.record(EventRecord(.login, at: service.clock.now)) }
        #expect(try #require(await service.store.events(EventQuery(), limit: 1).first).number > last)
    }

    /// Without it, the tables would grow as long as more rows expire than a sweep deletes.
    private func saysWhenThereIsMoreToSweep() async throws {
        let service = TestService(store: try makeStore())
        let end = service.clock.now + 60
        for index in 0..<12 {
            let subject = SubjectRecord(id: SubjectID("\(index)"), createdAt: service.clock.now, expiresAt: end)
            try service.transaction { $0.save(subject) }
        }
        service.clock.advance(seconds: 60)
        #expect(try await service.submit(Sweep(limit: 10)) == true)
        #expect(try await service.submit(Sweep(limit: 10)) == false)
        for index in 0..<12 { #expect(try await service.store.subject(SubjectID("\(index)")) == nil) }
        service.clock.advance(seconds: -60)

        let named = service.clock.now.seconds
        func use(_ index: Int) -> UsedOnce {
            .assertion(of: .web, named: "\(index)", expiring: named, forgottenAfter: 60)
        }
        try service.transaction { transaction in
            for index in 0..<250 { _ = try transaction.useOnce(use(index)) }
        }
        #expect(try await service.submit(Sweep(limit: 10)) == false)
        service.clock.advance(seconds: Double(UsedOnce.usualSeconds))
        #expect(try await service.submit(Sweep(limit: 10)) == true)
        var sweeps = 1
        while try await service.submit(Sweep(limit: 10)), sweeps < 9 { sweeps += 1 }
        #expect(sweeps < 4)
        for index in 0..<250 { #expect(try await service.submit(UseOnce(use(index)))) }
    }
}
