import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let webhookPromises = [
        Promise("begins a new webhook at the newest event") { try await $0.beginsAtTheNewestEvent() },
        Promise("lets one node advance a webhook") { try await $0.letsOneNodeAdvance() },
        Promise("gives no number of an event twice") { try await $0.givesNoNumberTwice() },
    ]

    private func name(_ text: String = "audit") throws -> WebhookName { try #require(WebhookName(text)) }

    private func record(_ count: Int, _ service: TestService) throws {
        try service.transaction { transaction in
            for _ in 0..<count { transaction.record(EventRecord(.login, at: service.clock.now)) }
        }
    }

    private func beginsAtTheNewestEvent() async throws {
        let service = TestService(store: try makeStore())
        let name = try name()
        #expect(try await service.store.webhookCursor(name) == nil)
        let empty = try await service.submit(StartWebhook(try self.name("empty")))
        try record(5, service)
        let cursor = try await service.submit(StartWebhook(name))
        #expect(try await service.store.events(EventQuery(after: empty.position), limit: 9).count == 5)
        #expect(try await service.store.events(EventQuery(after: cursor.position), limit: 9).isEmpty)
        #expect(cursor.heldUntil == service.clock.now && cursor.holder == nil && cursor.failingSince == nil)
        // The cursor stays where it is.
        try record(1, service)
        #expect(try await service.submit(StartWebhook(name)) == cursor)
        #expect(try await service.store.webhookCursor(name) == cursor)
    }

    private func letsOneNodeAdvance() async throws {
        let service = TestService(store: try makeStore())
        let old = try await service.submit(StartWebhook(try name()))
        let other = try await service.submit(StartWebhook(try name("other")))
        var one = old, two = old
        (one.holder, two.holder) = ("one", "two")
        (one.heldUntil, two.heldUntil) = (service.clock.now + 30, service.clock.now + 30)
        #expect(try service.apply([AdvanceWebhookCursor(from: old, to: one)]) == [true])
        #expect(try service.apply([AdvanceWebhookCursor(from: old, to: two)]) == [false])
        #expect(try await service.store.webhookCursor(old.name) == one)
        // In one transaction too, and every member is stored.
        var last = two
        (last.position, last.failingSince) = (7, service.clock.now + .millisecond)
        let both = [AdvanceWebhookCursor(from: one, to: last), AdvanceWebhookCursor(from: one, to: two)]
        #expect(try service.apply(both) == [true, false])
        #expect(try await service.store.webhookCursor(old.name) == last)
        #expect(try await service.store.webhookCursor(other.name) == other)
        last.holder = nil
        last.failingSince = nil
        let stored = try #require(await service.store.webhookCursor(old.name))
        #expect(try await service.submit(AdvanceWebhookCursor(from: stored, to: last)))
        #expect(try await service.store.webhookCursor(old.name) == last)
    }

    /// Otherwise a webhook would take a new event for one that it has delivered.
    private func givesNoNumberTwice() async throws {
        let service = TestService(store: try makeStore())
        try record(3, service)
        let newest = try #require(await service.store.events(EventQuery(), limit: 1).first).number
        service.clock.advance(seconds: Double(EventRecord.retentionSeconds))
        _ = try await service.submit(Sweep(limit: 10))
        #expect(try await service.store.events(EventQuery(), limit: 9).count <= 1)
        try record(1, service)
        #expect(try #require(await service.store.events(EventQuery(), limit: 1).first).number > newest)
    }
}
