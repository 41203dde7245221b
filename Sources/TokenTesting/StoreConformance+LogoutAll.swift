import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let logoutAllPromises = [
        Promise("ends every session during parallel refreshes") {
            try await $0.endsEverySessionDuringParallelRefreshes()
        },
        Promise("counts what a logout-all ends and keeps what is opened afterwards") {
            try await $0.countsEndedAndKeepsLaterSessions()
        },
        Promise("writes one row for a logout-all") { try await $0.writesOneRowForALogoutAll() },
        Promise("shows by the session id whether a logout-all concerns it") {
            try await $0.separatesSessionsOfALogoutAllByID()
        },
    ]

    private func endsEverySessionDuringParallelRefreshes() async throws {
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
                try await service.submit(EndAllSessions(by: .administrator(of: SubjectID("grace"))))
                return tokens[0]
            }
            return try await group.reduce(into: [RefreshToken]()) { $0.append($1) }
        }
        for token in newest where token.generation > .first || token.session != tokens[0].session {
            #expect(try await service.refusal(of: token) == .revoked)
        }
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).isEmpty)
    }

    private func countsEndedAndKeepsLaterSessions() async throws {
        let service = TestService(store: try makeStore())
        var tokens: [RefreshToken] = []
        for _ in 0..<3 { tokens.append(try await service.open("ada").token) }
        _ = try await service.open("grace")
        try await service.submit(EndSession(tokens[0].session, by: .tokenHolder, reason: .logout))
        let command = EndAllSessions(by: .holder(.refreshToken(Presentation(tokens[1]))))
        #expect(try await service.submit(command) == .ended(2))
        #expect(try await service.submit(command) == .refused(.revoked))
        // The clock has not moved, and still a session that is opened now is not concerned.
        let (session, token) = try await service.open("ada")
        #expect(session.id.uuid.time >= session.subject.epoch)
        #expect(try await service.rotate(token) != nil)
        #expect(try await service.sessions.sessions(of: SubjectID("grace")).count == 1)
    }

    private func writesOneRowForALogoutAll() async throws {
        let service = TestService(store: try makeStore())
        for _ in 0..<30 { _ = try await service.open("ada") }
        let ada = SubjectID("ada")
        let (outcome, writeSet) = try service.transaction { transaction in
            (try EndAllSessions(by: .administrator(of: ada)).apply(to: &transaction), transaction.writeSet)
        }
        #expect(outcome == .ended(30))
        #expect(writeSet.subjects.count == 1 && writeSet.revocations.count == 1 && writeSet.events.count == 1)
        #expect(writeSet.changedSessions.isEmpty && writeSet.tokens.isEmpty && writeSet.openedSessions.isEmpty)
        #expect(try await service.sessions.sessions(of: ada).isEmpty)
    }

    /// The epoch advances at every logout-all, also when the clock goes back or another node's clock is fast. A session
    /// that was opened before has an earlier id than the bound in the feed, and one that is opened afterwards has not.
    private func separatesSessionsOfALogoutAllByID() async throws {
        let service = TestService(store: try makeStore())
        let ahead = TestService(
            store: service.store, clock: TestClock(at: service.clock.now + 90), seed: 2)
        let ada = SubjectID("ada")
        var epoch = Timestamp(milliseconds: 0)
        var concerned: [SessionID] = []
        for jump in [0.0, 0, 0.001, 3600, 0, -7200, 0, 86_400] {
            service.clock.advance(seconds: jump)
            ahead.clock.advance(seconds: jump)
            for node in [service, ahead, service] { concerned.append(try await node.open("ada").session.id) }
            let feed = try await service.store.revocations(after: 0, limit: 1000).newest
            #expect(try await service.submit(EndAllSessions(by: .administrator(of: ada))) != .ended(0))
            let subject = try #require(await service.store.subject(ada))
            #expect(subject.epoch > epoch)
            epoch = subject.epoch
            let entries = try await service.store.revocations(after: feed, limit: 10).entries
            guard entries.count == 1, case .subject(ada, openedBefore: let before) = entries[0].target else {
                Issue.record("\(entries)")
                return
            }
            #expect(concerned.allSatisfy { $0.uuid.time < before })
            let later = try await service.open("ada")
            #expect(later.session.id.uuid.time >= before)
            #expect(try await service.rotate(later.token) != nil)
            concerned.append(later.session.id)
        }
    }
}
