import SessionEngine
import Synchronization
import Testing
import TokenCore
import TokenTesting

struct WebhookRunnerTests {
    let service = TestService(store: MemoryStore())
    let receiver = FakeReceiver()
    private let notices = Notices()

    private final class Notices: Sendable {
        let all = Mutex<[WebhookNotice]>([])
    }

    private func runner(
        _ node: String = "one", kinds: Set<EventRecord.Kind> = [], pageLimit: Int = 100
    ) throws -> WebhookRunner {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let webhook = Webhook(
            name: try #require(WebhookName("audit")), url: "https://x.example/", secrets: [secret], kinds: kinds)
        return WebhookRunner(
            webhook, node: node,
            parts: WebhookRunner.Parts(
                store: service.store, lane: service.lane, transport: receiver, clock: service.clock.clock,
                entropy: service.entropy,
                notify: { [notices] _, notice in notices.all.withLock { $0.append(notice) } }),
            pageLimit: pageLimit)
    }

    private func record(_ count: Int = 1, _ kind: EventRecord.Kind = .login) throws {
        try service.transaction { transaction in
            for _ in 0..<count { transaction.record(EventRecord(kind, at: service.clock.now)) }
        }
    }

    private func cursor() async throws -> WebhookCursor {
        let name = try #require(WebhookName("audit"))
        return try #require(await service.store.webhookCursor(name))
    }

    private var said: [WebhookNotice] { notices.all.withLock { $0 } }

    @Test func `a new webhook gets what comes after its start, in order and once`() async throws {
        try record(3)
        let runner = try runner()
        try await runner.start()
        try record(2)
        #expect(try await !runner.step())
        #expect(receiver.events == [4, 5])
        try record()
        _ = try await runner.step()
        _ = try await runner.step()
        #expect(receiver.events == [4, 5, 6])
        let cursor = try await cursor()
        #expect(cursor.position == 6 && cursor.holder == nil)
    }

    @Test func `a webhook that was not started begins at its first look`() async throws {
        try record(3)
        let runner = try runner()
        #expect(try await runner.step())
        #expect(try await !runner.step())
        #expect(receiver.requests.isEmpty)
    }

    @Test func `only the wanted kinds are delivered, and the cursor passes the others`() async throws {
        let runner = try runner(kinds: [.logout, .reuseDetected])
        try await runner.start()
        for kind in [EventRecord.Kind.login, .logout, .login, .reuseDetected, .login] { try record(1, kind) }
        _ = try await runner.step()
        #expect(receiver.events == [2, 4])
        #expect(try await cursor().position == 5)
        try record(2)
        _ = try await runner.step()
        #expect(try await cursor().position == 7)
        #expect(receiver.events == [2, 4])
    }

    @Test func `long histories are read in pages`() async throws {
        let runner = try runner(pageLimit: 10)
        try await runner.start()
        try record(25)
        #expect(try await runner.step())
        #expect(receiver.events == Array(1...10))
        let held = try await cursor()
        #expect(held.position == 10 && held.holder == "one")
        #expect(try await runner.step())
        #expect(try await !runner.step())
        #expect(receiver.events == Array(1...25))
        #expect(try await cursor().holder == nil)
    }

    @Test(
        arguments: [
            .success(199), .success(301), .success(400), .success(410), .success(500), .failure(.timeout),
            .failure(.unreachable),
        ] as [Result<Int, WebhookFailure>])
    func `an event that fails is tried again, and the next ones wait`(answer: Result<Int, WebhookFailure>) async throws
    {
        let runner = try runner()
        try await runner.start()
        try record(2)
        receiver.answer(answer)
        #expect(try await !runner.step())
        #expect(receiver.events == [1])
        let start = service.clock.now
        let failed = try await cursor()
        #expect(failed.failingSince == start && failed.position == 0 && failed.holder == nil)
        #expect(try await !runner.step())
        #expect(receiver.events == [1])
        service.clock.advance(seconds: 1)
        _ = try await runner.step()
        #expect(receiver.events == [1, 1, 2])
        let ids = receiver.requests.map { $0.headers.first { $0.name == "webhook-id" }?.value }
        let times = receiver.requests.map { $0.headers.first { $0.name == "webhook-timestamp" }?.value }
        #expect(ids[0] == ids[1] && ids[1] != ids[2])
        #expect(times == ["\(start.seconds)", "\(start.seconds + 1)", "\(start.seconds + 1)"])
        #expect(try await cursor().failingSince == nil)
        #expect(said.count == 2)
        guard case .failing(let event, _) = said[0], case .recovered(let last) = said[1] else {
            Issue.record("\(said)")
            return
        }
        #expect(event.number == 1 && last.number == 1)
    }

    @Test func `a webhook that fails is reported once by each process, however often it is tried`() async throws {
        func tryOften(_ runner: WebhookRunner) async throws {
            for _ in 0..<5 {
                _ = try await runner.step()
                service.clock.now = try await cursor().heldUntil
            }
        }
        let first = try runner("first")
        try await first.start()
        try record()
        receiver.answerAlways(.failure(.unreachable))
        try await tryOften(first)
        #expect(said.count == 1)
        // The service is started again, and the event fails as before.
        let second = try runner("second")
        try await second.start()
        try await tryOften(second)
        #expect(receiver.requests.count == 10)
        guard said.count == 2, case .failing(_, .unreachable) = said[1] else {
            Issue.record("\(said)")
            return
        }
        #expect(said[0] == said[1])
        receiver.answerAlways(.success(204))
        _ = try await second.step()
        #expect(said.count == 3)
        // It works, and then fails again.
        try record()
        receiver.answerAlways(.failure(.timeout))
        try await tryOften(second)
        guard said.count == 4, case .recovered = said[2], case .failing(_, .timeout) = said[3] else {
            Issue.record("\(said)")
            return
        }
    }

    @Test(arguments: [200, 201, 204, 299]) func `every 2xx is a success`(status: Int) async throws {
        let runner = try runner()
        try await runner.start()
        try record()
        receiver.answer(.success(status))
        _ = try await runner.step()
        #expect(try await cursor().position == 1)
    }

    @Test func `an event that fails for a day is skipped, after ever longer pauses`() async throws {
        let runner = try runner()
        try await runner.start()
        try record(2)
        receiver.answerAlways(.success(500))
        let start = service.clock.now
        var pauses: [Double] = []
        while try await cursor().position == 0 {
            _ = try await runner.step()
            let cursor = try await cursor()
            if cursor.position > 0 { break }
            #expect(cursor.failingSince == start)
            pauses.append(cursor.heldUntil - service.clock.now)
            service.clock.now = cursor.heldUntil
        }
        #expect(service.clock.now - start >= 86_400 && service.clock.now - start < 86_400 + 600)
        #expect(pauses.allSatisfy { (0.5...600).contains($0) })
        #expect(pauses[0] <= 1 && pauses.max() ?? 0 > 550 && pauses.count < 400)
        // While it is not longest, a pause is at least half the time that the event has failed.
        var elapsed = 0.0
        for pause in pauses {
            #expect(pause >= min(max(elapsed, 1), 600) / 2 - 0.001)
            elapsed += pause
        }
        guard case .skipped(let event, .status(500)) = said[1] else {
            Issue.record("\(said)")
            return
        }
        #expect(event.number == 1)
        // The next event has a day of its own, and begins with short pauses.
        let cursor = try await cursor()
        #expect(receiver.events.last == 2 && cursor.failingSince == service.clock.now)
        #expect(cursor.heldUntil - service.clock.now <= 1)
    }

    @Test(arguments: [-172_800.0, 172_800])
    func `time in which nobody tries is no failure`(offset: Double) async throws {
        let runner = try runner()
        try await runner.start()
        try record()
        receiver.answerAlways(.success(500))
        _ = try await runner.step()
        // The service was off for two days, or the clock was two days ahead.
        var changed = try await cursor()
        let old = changed
        if offset > 0 { changed.failingSince = service.clock.now + Int(offset) }
        #expect(try await service.lane.submit(AdvanceWebhookCursor(from: old, to: changed)))
        service.clock.advance(seconds: max(-offset, 2))
        _ = try await runner.step()
        let cursor = try await cursor()
        #expect(cursor.position == 0 && cursor.failingSince.map { $0 <= service.clock.now } == true)
        #expect(cursor.heldUntil <= service.clock.now + 600)
        #expect(receiver.requests.count == 2)
    }

    @Test func `one node delivers at a time`() async throws {
        let one = try runner("one")
        let two = try runner("two")
        try await one.start()
        try await two.start()
        try record(3)
        receiver.onRequest { [receiver] in
            receiver.onRequest(nil)
            _ = try? await two.step()
        }
        _ = try await one.step()
        _ = try await two.step()
        #expect(receiver.events == [1, 2, 3])
        try record()
        _ = try await two.step()
        _ = try await one.step()
        #expect(receiver.events == [1, 2, 3, 4])
    }

    @Test func `a node that has lost the webhook stops`() async throws {
        let one = try runner("one")
        try await one.start()
        try record(3)
        receiver.onRequest { [service, receiver] in
            receiver.onRequest(nil)
            // It was paused for longer than its lease, and another node has taken over.
            service.clock.advance(seconds: 31)
            guard let name = WebhookName("audit"), let old = try? await service.store.webhookCursor(name) else {
                return
            }
            var new = old
            new.holder = "two"
            new.heldUntil = service.clock.now + 30
            _ = try? await service.submit(AdvanceWebhookCursor(from: old, to: new))
        }
        #expect(try await !one.step())
        #expect(receiver.events == [1])
        let cursor = try await cursor()
        #expect(cursor.holder == "two" && cursor.position == 0)
    }

    @Test func `another node goes on when the delivering one was killed`() async throws {
        let one = try runner("one", pageLimit: 2)
        let two = try runner("two")
        try await one.start()
        try record(4)
        #expect(try await one.step())
        // The first node is gone. It holds the webhook.
        #expect(try await !two.step())
        service.clock.advance(seconds: 29)
        #expect(try await !two.step())
        #expect(receiver.events == [1, 2])
        service.clock.advance(seconds: 1)
        _ = try await two.step()
        #expect(receiver.events == [1, 2, 3, 4])
    }

    @Test func `a slow receiver does not let the lease run out`() async throws {
        let runner = try runner()
        try await runner.start()
        try record(10)
        let lows = Mutex<[Double]>([])
        receiver.onRequest { [service] in
            guard let name = WebhookName("audit"), let cursor = try? await service.store.webhookCursor(name) else {
                return
            }
            lows.withLock { $0.append(cursor.heldUntil - service.clock.now) }
            service.clock.advance(seconds: 9.5)
        }
        _ = try await runner.step()
        #expect(receiver.events == Array(1...10))
        #expect(lows.withLock { $0 }.count == 10 && lows.withLock { $0 }.allSatisfy { $0 > 20 })
    }

    @Test func `events that were deleted count as skipped, once`() async throws {
        let runner = try runner()
        try await runner.start()
        try record(20)
        _ = try await service.submit(Sweep(limit: 100, maximumEvents: 5))
        receiver.answer(.success(500))
        _ = try await runner.step()
        service.clock.advance(seconds: 1)
        _ = try await runner.step()
        #expect(receiver.events == [16, 16, 17, 18, 19, 20])
        #expect(said.filter { $0 == .deleted(15) }.count == 1 && said.count == 3)
    }

    @Test func `a try that the end of the service cuts off is no failure`() async throws {
        let runner = try runner()
        try await runner.start()
        try record(2)
        receiver.answer(.failure(.unreachable))
        let (began, begins) = AsyncStream.makeStream(of: Void.self)
        receiver.onRequest {
            begins.yield()
            try? await Task.sleep(for: .seconds(600))
        }
        let running = Task { await runner.run() }
        for await _ in began { break }
        running.cancel()
        await running.value
        let cursor = try await cursor()
        #expect(cursor.failingSince == nil && cursor.holder == nil && cursor.position == 0)
        #expect(cursor.heldUntil == service.clock.now && said.isEmpty)
    }

    @Test func `a clock that was ahead does not stop a webhook`() async throws {
        let runner = try runner()
        try await runner.start()
        let old = try await cursor()
        var new = old
        new.holder = "two"
        new.heldUntil = service.clock.now + 86_400
        _ = try await service.submit(AdvanceWebhookCursor(from: old, to: new))
        try record()
        _ = try await runner.step()
        #expect(receiver.events == [1])
    }
}
