import Testing
import SessionEngine
import TokenCore
import TokenTesting

struct RevocationFeedTests {
    let service = TestService(store: MemoryStore())

    private func feed(pageLimit: Int = 500, readerLimit: Int = 10) -> RevocationFeed {
        RevocationFeed(
            store: service.store, notifier: service.notifier, pageLimit: pageLimit, readerLimit: readerLimit)
    }

    private func endSessions(_ count: Int) async throws {
        for _ in 0..<count {
            let session = try await service.open().session
            _ = try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        }
    }

    @Test func `pages follow each other without gaps`() async throws {
        try await endSessions(7)
        let feed = feed(pageLimit: 3)
        var seen: [Int] = [], next = 0
        for expected in [3, 6, 7, 7] {
            let page = try await feed.read(after: next)
            seen += page.entries.map(\.sequence)
            next = page.next
            #expect(next == expected && !page.reset)
        }
        #expect(seen == Array(1...7))
    }

    @Test func `a commit wakes a waiting reader`() async throws {
        let feed = feed()
        async let page = feed.read(after: 0, waiting: .seconds(60))
        try await endSessions(1)
        #expect(try await page.entries.count == 1)
    }

    @Test func `a reader stops waiting at its timeout, at a shutdown and when it is cancelled`() async throws {
        let feed = feed()
        let following = Task { await feed.follow(every: .milliseconds(1)) }
        #expect(try await feed.read(after: 0, waiting: .milliseconds(5)).entries.isEmpty)
        following.cancel()
        let cancelled = Task { try await feed.read(after: 0, waiting: .seconds(60)) }
        cancelled.cancel()
        #expect(try await cancelled.value.entries.isEmpty)
        async let page = feed.read(after: 0, waiting: .seconds(60))
        feed.close()
        #expect(try await page.entries.isEmpty)
    }

    @Test func `the number of readers is limited`() throws {
        let feed = feed(readerLimit: 2)
        try feed.admit(ClientID("one"))
        try feed.admit(ClientID("two"))
        #expect(throws: Unavailable.self) { try feed.admit(ClientID("three")) }
        feed.dismiss(ClientID("one"))
        try feed.admit(ClientID("three"))
    }

    @Test func `a client has at most a quarter of the places`() throws {
        let feed = feed(readerLimit: 8)
        try feed.admit(ClientID("one"))
        try feed.admit(ClientID("one"))
        #expect(throws: Unavailable.self) { try feed.admit(ClientID("one")) }
        try feed.admit(ClientID("two"))
        #expect(feed.readerCount == 3)
    }

    @Test func `a logout-all concerns all earlier sessions and no later ones, at any clock`() async throws {
        var before: [SessionID] = []
        for _ in 0..<50 {
            service.clock.now = Timestamp(seconds: 1_800_000_000 + Int.random(in: -3600...3600))
            before.append(try await service.open("ada").session.id)
        }
        service.clock.now = Timestamp(seconds: 1_799_000_000)
        let command = EndAllSessions(by: .administrator(of: SubjectID("ada")))
        guard case .ended(50) = try await service.submit(command) else {
            Issue.record("not all sessions were open")
            return
        }
        let after = try await service.open("ada").session.id
        let entry = try #require(try await feed().read(after: 0).entries.last)
        guard case .subject(SubjectID("ada"), let cutoff) = entry.target else {
            Issue.record("no entry for the subject")
            return
        }
        #expect(before.allSatisfy { $0.uuid.time < cutoff })
        #expect(after.uuid.time >= cutoff)
    }

    @Test func `acknowledged events are not sent again`() async throws {
        try await endSessions(3)
        let delivery = SecurityEventDelivery(feed: feed())
        func poll(_ acknowledged: [Int], limit: Int = 10) async throws -> [Int] {
            try await delivery.poll(ClientID("app"), acknowledging: acknowledged, limit: limit, waiting: .zero)
                .entries.map(\.sequence)
        }
        #expect(try await poll([]) == [1, 2, 3])
        #expect(try await poll([2, 900]) == [1, 3])
        #expect(try await poll([], limit: 1) == [1])
        #expect(try await poll([1]) == [3])
        #expect(try await poll([3]) == [])
        try await endSessions(1)
        #expect(try await poll([]) == [4])
    }
}
