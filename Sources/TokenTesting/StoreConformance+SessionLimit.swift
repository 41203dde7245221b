import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let sessionLimitPromises = [
        Promise("ends the least recently used sessions beyond the limit") { try await $0.endsSessionsBeyondTheLimit() },
        Promise("ends those that are not live and those of the same client first") {
            try await $0.endsSessionsOfTheSameClientFirst()
        },
        Promise("counts sessions that one transaction opens and ends") { try await $0.limitsSessionsOfABatch() },
        Promise("ends as many sessions as a lower limit asks for") { try await $0.endsSessionsBeyondALowerLimit() },
    ]

    private func open(_ service: TestService, _ subject: String = "ada") async throws -> SessionID {
        service.clock.advance(seconds: 1)
        return try await service.open(subject).session.id
    }

    private func live(_ service: TestService, _ subject: String = "ada") async throws -> Set<SessionID> {
        Set(try await service.sessions.sessions(of: SubjectID(subject)).map(\.id))
    }

    private func endsSessionsBeyondTheLimit() async throws {
        let service = TestService(store: try makeStore(), policy: RotationPolicy(maxSessionsPerSubject: 3))
        let other = try await open(service, "grace")
        var opened: [(session: Session, token: RefreshToken)] = []
        for _ in 0..<3 {
            service.clock.advance(seconds: 1)
            opened.append(try await service.open("ada"))
        }
        // The oldest one is in use.
        service.clock.advance(seconds: 1)
        _ = try await service.rotate(opened[0].token)
        let fourth = try await open(service)
        #expect(try await live(service) == [opened[0].session.id, opened[2].session.id, fourth])
        #expect(try await service.refusal(of: opened[1].token) == .revoked)
        let ended = try await service.store.session(opened[1].session.id)?.record.ending
        #expect(ended == SessionRecord.Ending(at: service.clock.now, reason: .sessionLimit))
        let events = try await service.store.events(of: SubjectID("ada"), limit: 2)
        #expect(events.map(\.kind) == [.login, .sessionLimit] && events[1].session == opened[1].session.id)
        let entries = try await service.store.revocations(after: 0, limit: 9).entries
        #expect(entries.map(\.target) == [.session(opened[1].session.id)])
        #expect(try await service.store.subject(SubjectID("ada"))?.openSessions == 3)
        #expect(try await live(service, "grace") == [other])
        // A logout makes room.
        try await service.submit(EndSession(fourth, by: .tokenHolder, reason: .logout))
        _ = try await open(service)
        #expect(try await live(service).isSuperset(of: [opened[0].session.id, opened[2].session.id]))
        // After a logout-all there is room for all.
        try await service.submit(EndAllSessions(by: .administrator(of: SubjectID("ada"))))
        for _ in 0..<3 { _ = try await open(service) }
        #expect(try await live(service).count == 3)
    }

    private func endsSessionsOfTheSameClientFirst() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 100, maxSessionsPerSubject: 3)
        let service = TestService(store: try makeStore(), policy: policy)
        let mobile = ClientRecord(id: ClientID("mobile"), createdAt: service.clock.now)
        try service.transaction { $0.save(mobile) }
        func open(_ client: ClientID) async throws -> SessionID {
            service.clock.advance(seconds: 1)
            return try await service.open("ada", client: client).session.id
        }
        let phone = try await open(mobile.id)
        let (first, second) = (try await open(.web), try await open(.web))
        service.clock.advance(seconds: 10)
        let third = try await open(.web)
        #expect(try await live(service) == [phone, second, third])
        let tablet = try await open(mobile.id)
        #expect(try await live(service) == [second, third, tablet])
        service.clock.advance(seconds: 88)
        // What has expired makes room before what has not, and is no event.
        let fourth = try await open(mobile.id)
        #expect(try await live(service) == [third, tablet, fourth])
        let events = try await service.store.events(of: SubjectID("ada"), limit: 99)
        #expect(events.filter { $0.kind == .sessionLimit }.map(\.session) == [phone, first])
        // So does what a removed client had.
        try service.transaction { $0.removeClient(mobile.id) }
        let fifth = try await open(.web)
        #expect(try await live(service) == [third, fifth])
        #expect(try await service.store.subject(SubjectID("ada"))?.openSessions == 3)
    }

    private func limitsSessionsOfABatch() async throws {
        let service = TestService(store: try makeStore(), policy: RotationPolicy(maxSessionsPerSubject: 2))
        let old = try await open(service)
        let commands = (0..<5).map { _ in
            OpenSession(
                subject: SubjectID("ada"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["fed"], entropy: service.entropy)
        }
        let opened = try service.apply(commands).map { outcome in
            guard case .opened(let session, _, _) = outcome else { throw TestService.Refused() }
            return session.id
        }
        let left = try await live(service)
        #expect(left.count == 2 && left.isSubset(of: opened) && !left.contains(old))
        #expect(try await service.store.subject(SubjectID("ada"))?.openSessions == 2)
    }

    private func endsSessionsBeyondALowerLimit() async throws {
        let store = try makeStore()
        let service = TestService(store: store)
        var opened: [SessionID] = []
        for _ in 0..<7 { opened.append(try await open(service)) }
        let limited = TestService(
            store: store, policy: RotationPolicy(maxSessionsPerSubject: 3), clock: service.clock, seed: 2)
        let last = try await open(limited)
        #expect(try await live(limited) == Set(opened.suffix(2) + [last]))
        #expect(try await store.subject(SubjectID("ada"))?.openSessions == 3)
    }
}
