import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let rotationPromises = [
        Promise("returns the identical successor to a retry") { try await $0.returnsTheIdenticalSuccessorToARetry() },
        Promise("returns the time that it judged with") { try await $0.returnsTheTimeOfTheTransaction() },
        Promise("counts retries up to the limit") { try await $0.countsRetriesUpToTheLimit() },
        Promise("makes one generation of many parallel presentations") {
            try await $0.makesOneGenerationOfParallelPresentations()
        },
        Promise("commits the end of a session after a reuse, although the answer is an error") {
            try await $0.commitsTheEndAfterReuse()
        },
        Promise("changes nothing on bad input") { try await $0.changesNothingOnBadInput() },
        Promise("commits the other commands of a batch when one is refused") {
            try await $0.commitsTheOtherCommandsAfterARefusal()
        },
    ]

    private func returnsTheIdenticalSuccessorToARetry() async throws {
        let service = TestService(store: try makeStore())
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        for _ in 0..<3 { #expect(try await service.rotate(first)?.plaintext == second.plaintext) }
        #expect(try await service.store.session(session.id)?.token.retries == 3)
        #expect(try await service.store.session(session.id)?.token.generation == Generation(1))
        let third = try #require(await service.rotate(second))
        #expect(third.generation == Generation(2))
    }

    /// A token that is issued at this time expires before the entry of a later logout in the feed, however late it is
    /// signed.
    private func returnsTheTimeOfTheTransaction() async throws {
        let service = TestService(store: try makeStore())
        let opening = try await service.sessions.open(
            SubjectID("ada"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: ["fed"])
        guard case .opened(let session, let token, let openedAt) = opening else { throw TestService.Refused() }
        #expect(openedAt == service.clock.now)
        var judgedAt = openedAt
        for _ in 0..<3 {
            service.clock.advance(seconds: 20)
            let outcome = try await service.sessions.refresh(token, client: nil, address: nil)
            guard case .successor(_, _, let time) = outcome else { throw TestService.Refused() }
            #expect(time == service.clock.now)
            judgedAt = time
        }
        try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        let entry = try #require(await service.store.revocations(after: 0, limit: 1).entries.first)
        #expect(judgedAt + service.rules.accessTokenLifetimeSeconds < entry.until)
    }

    private func countsRetriesUpToTheLimit() async throws {
        let policy = RotationPolicy(retryWindowSeconds: 60, maxRetries: 2)
        let service = TestService(store: try makeStore(), policy: policy)
        let (session, first) = try await service.open()
        let second = try #require(await service.rotate(first))
        service.clock.advance(seconds: 60)
        for count in 1...2 {
            #expect(try await service.rotate(first)?.plaintext == second.plaintext)
            #expect(try await service.store.session(session.id)?.token.retries == count)
        }
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 1, seconds: 60))
        #expect(try await service.refusal(of: second) == .revoked)

        let late = try await service.open()
        let successor = try #require(await service.rotate(late.token))
        service.clock.advance(seconds: 60.001)
        #expect(try await service.refusal(of: late.token) == .reuse(generationsBehind: 1, seconds: 60.001))
        #expect(try await service.refusal(of: successor) == .revoked)
    }

    private func makesOneGenerationOfParallelPresentations() async throws {
        let service = TestService(store: try makeStore(), holdBack: .milliseconds(5))
        for _ in 0..<10 {
            let (session, token) = try await service.open()
            let successors = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<64 { group.addTask { try await service.rotate(token)?.plaintext } }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(Set(successors).count == 1 && successors.allSatisfy { $0 != nil })
            #expect(try await service.store.session(session.id)?.token.generation == Generation(1))
        }
    }

    private func commitsTheEndAfterReuse() async throws {
        let service = TestService(store: try makeStore())
        let ada = try await service.createUser("ada")
        let device = Device(name: "phone", address: "192.0.2.1", userAgent: "Browser/1.0")
        let (session, first) = try await service.login(ada, device: device)
        let second = try #require(await service.rotate(first))
        let third = try #require(await service.rotate(second))
        service.clock.advance(seconds: 5)
        #expect(try await service.refusal(of: first) == .reuse(generationsBehind: 2, seconds: 5))
        #expect(try await service.refusal(of: third) == .revoked)
        let ended = try #require(await service.store.session(session.id)).record
        #expect(ended.ending?.reason == .reuse)
        #expect(try await service.store.events(of: session.subject.id, limit: 1).map(\.kind) == [.reuseDetected])
        // A refresh need not read the device and the account. They stay.
        #expect(ended.device == device)
        #expect(try await service.store.subject(ada.id) == ada)
    }

    private func changesNothingOnBadInput() async throws {
        let service = TestService(store: try makeStore())
        let (session, token) = try await service.open()
        let before = try #require(try await service.store.session(session.id))
        #expect(try await service.refusal(of: token, client: ClientID("thief")) == .otherClient)
        let otherService = TestService(store: MemoryStore(), masterKeys: TestService.masterKeys(9))
        let foreign = try await otherService.open().token
        #expect(service.sessions.parse(foreign.plaintext) == nil)
        #expect(try await service.refusal(of: service.unknownToken()) == .unknown)
        var expected = before.token
        expected.mismatchRecordedAt = service.clock.now
        #expect(try await service.store.session(session.id) == before.with(expected))
        service.clock.advance(seconds: Double(service.sessions.policy.idleLifetimeSeconds))
        #expect(try await service.refusal(of: token) == .expired)
        #expect(try await service.store.session(session.id)?.token.hash == before.token.hash)
        #expect(try await service.store.session(session.id)?.record == before.record)
    }

    /// One command is refused and one ends its session, among others that succeed.
    private func commitsTheOtherCommandsAfterARefusal() async throws {
        let service = TestService(store: try makeStore())
        let stolen = try await service.open("ada")
        let second = try #require(await service.rotate(stolen.token))
        _ = try #require(await service.rotate(second))
        let good = try await service.open("grace")
        let unknown = service.unknownToken()
        let outcomes = try service.apply(
            [unknown, stolen.token, good.token, stolen.token].map { token in
                Rotate(Presentation(token), address: nil, entropy: service.entropy)
            })
        let refusals = outcomes.map { outcome -> Refusal? in
            if case .refused(let refusal) = outcome { refusal } else { nil }
        }
        #expect(refusals == [.unknown, .reuse(generationsBehind: 2, seconds: 0), nil, .revoked])
        #expect(try await service.store.session(stolen.session.id)?.record.ending?.reason == .reuse)
        #expect(try await service.store.session(good.session.id)?.token.generation == Generation(1))
    }
}
