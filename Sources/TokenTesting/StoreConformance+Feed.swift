import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let feedPromises = [
        Promise("numbers the feed without gaps") { try await $0.numbersTheFeedWithoutGaps() },
        Promise("keeps a feed entry until every token that it concerns has expired") {
            try await $0.keepsFeedEntriesUntilTheirTokensExpire()
        },
        Promise("publishes every session that a new password ends") {
            try await $0.publishesEverySessionThatANewPasswordEnds()
        },
    ]

    private func numbersTheFeedWithoutGaps() async throws {
        let service = TestService(store: try makeStore())
        for index in 0..<5 {
            let session = try await service.open("subject \(index)").session
            try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        }
        let page = try await service.store.revocations(after: 2, limit: 2)
        #expect(page.entries.map(\.sequence) == [3, 4] && page.newest == 5 && page.collected == 0)
        service.clock.advance(seconds: Double(600 + RevocationRecord.transactionMarginSeconds))
        try await service.submit(Sweep(limit: 100))
        let swept = try await service.store.revocations(after: 0, limit: 10)
        #expect(swept.entries.isEmpty && swept.newest == 5 && swept.collected == 5)
    }

    /// An access token that was granted in the transaction of the revocation is signed after it, so entries last longer
    /// than the lifetime of access tokens.
    private func keepsFeedEntriesUntilTheirTokensExpire() async throws {
        let service = TestService(store: try makeStore())
        let session = try await service.open().session
        try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        let entry = try #require(await service.store.revocations(after: 0, limit: 1).entries.first)
        #expect(entry.sequence == 1 && entry.at == service.clock.now)
        #expect(entry.until > service.clock.now + 600 && entry.until <= service.clock.now + 660)
        service.clock.now = Timestamp(milliseconds: entry.until.milliseconds - 1)
        try await service.submit(Sweep(limit: 10))
        #expect(try await service.store.revocations(after: 0, limit: 1).entries == [entry])
        service.clock.now = entry.until
        try await service.submit(Sweep(limit: 10))
        let page = try await service.store.revocations(after: 0, limit: 1)
        #expect(page == RevocationPage(rows: [], limit: 1, newest: 1, collected: 1))
        // A number is used once.
        let next = try await service.open().session
        try await service.submit(EndSession(next.id, by: .tokenHolder, reason: .logout))
        #expect(try await service.store.revocations(after: 1, limit: 9).entries.map(\.sequence) == [2])
        #expect(try await service.store.revocations(after: 0, limit: 9).collected == 1)
    }

    /// The feed gets an entry for each other session that may have a valid access token, also one that was issued to a
    /// late retry or in the same transaction. It gets no entry for a session that it has named before.
    private func publishesEverySessionThatANewPasswordEnds() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let alreadyPublished = try await service.login(user)
        try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
        let idle = try await service.login(user)
        let retrying = try await service.login(user)
        _ = try #require(await service.rotate(retrying.token))
        service.clock.advance(seconds: 55)
        _ = try #require(await service.rotate(retrying.token))
        let ended = try await service.login(user)
        try await service.submit(EndSession(ended.session.id, by: .tokenHolder, reason: .logout))
        service.clock.advance(seconds: 570)
        let mine = try await service.login(user)
        let feed = try await service.store.revocations(after: 0, limit: 10).newest

        let opened = try service.transaction { transaction in
            let login = OpenSession(
                subject: user.id, evidence: .password(version: 0), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["pwd"], entropy: service.entropy)
            guard case .opened(let session, _, _) = try login.apply(to: &transaction) else {
                throw TestService.Refused()
            }
            _ = try Rotate(Presentation(idle.token), address: nil, entropy: service.entropy)
                .apply(to: &transaction)
            let change = ChangePassword(
                by: .owner(mine.session.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
            guard case .changed = try change.apply(to: &transaction) else { throw TestService.Refused() }
            return session.id
        }
        let published = try await service.store.revocations(after: feed, limit: 10).entries.map { entry -> SessionID? in
            if case .session(let id) = entry.target { id } else { nil }
        }
        let expected = [idle.session.id, retrying.session.id, opened]
        #expect(published.count == expected.count && Set(published) == Set(expected))
        #expect(!expected.contains(alreadyPublished.session.id))
        for id in expected { #expect(try await service.store.session(id)?.isOpen == false) }
        #expect(try await service.rotate(mine.token) != nil)
        #expect(try await service.store.subject(user.id)?.openSessions == 1)
    }
}
