import HeirloomClient
import Testing

/// The five rules for clients.
struct RotationTests {
    @Test func `an access token is refreshed when it is due, and only then`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        #expect(try await client.accessToken() == "at-1-0")
        device.pass(.seconds(569))
        #expect(try await client.accessToken() == "at-1-0")
        device.pass(.seconds(2))
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.presented == ["hr1_1-0"])
    }

    @Test func `many callers and many processes share one refresh`() async throws {
        let device = TestDevice()
        try await device.client().login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        let clients = try (0..<4).map { _ in try device.client() }
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<64 { group.addTask { try await clients[number % 4].accessToken() } }
            for try await token in group { #expect(token == "at-1-1") }
        }
        #expect(device.service.presented == ["hr1_1-0"])
    }

    /// Runs a refresh, kills the process before each of its actions, and starts another one.
    @Test(arguments: [FakeService.Fault?.none, .loseAnswer, .loseRequest])
    func `a process that is killed at any point leaves a session that goes on`(fault: FakeService.Fault?) async throws {
        var killed = 0
        while true {
            let device = TestDevice()
            try await device.client().login(username: "ada", password: "secret")
            device.pass(.seconds(600))
            if let fault { device.service.with { $0.faults = [fault] } }
            var core = device.core()
            var step = core.begin(.refresh(replacing: nil), at: device.now)
            var isFinished = false
            for _ in 0..<killed {
                if case .finish = step.action {
                    isFinished = true
                    break
                }
                step = core.resume(try await device.perform(step.action), at: device.now)
            }
            for _ in 0..<5 {
                #expect(try await device.client().accessToken().hasPrefix("at-1-"))
                device.pass(.seconds(700))
            }
            if isFinished { break }
            killed += 1
        }
        #expect(killed >= 5)
    }

    @Test func `a lost answer is asked for again with the same token and another proof`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        device.service.with { $0.faults = [.loseAnswer, .answer(ClientAnswer(status: 404, headers: [], body: []))] }
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.presented == ["hr1_1-0", "hr1_1-0"])
        let proofs = device.service.with { state in
            state.requests.filter { $0.url.hasSuffix("/v1/refresh") }.compactMap { request in
                request.headers.first { $0.name == "DPoP" }?.value
            }
        }
        #expect(Set(proofs).count == 2)
    }

    @Test func `a network that delivers nothing is not asked to deliver the refresh token`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        for _ in 0..<50 {
            device.service.with { $0.faults = Array(repeating: .loseRequest, count: 100) }
            await #expect(throws: HeirloomClientError.self) { try await client.accessToken() }
            device.pass(.seconds(60))
        }
        device.service.with { $0.faults = [] }
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.with { $0.requests.count(where: { $0.url.hasSuffix("/v1/refresh") }) } == 2)
    }

    @Test func `a network that loses each answer leads to eleven presentations at most`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        for _ in 0..<(80 * 24) {
            device.pass(.seconds(3600))
            let answer = FakeService.Fault.answer(ClientAnswer(status: 404, headers: [], body: []))
            device.service.with { $0.faults = (0..<20).flatMap { _ in [FakeService.Fault.loseAnswer, answer] } }
            await #expect(throws: HeirloomClientError.self) { try await device.client().accessToken() }
        }
        #expect((5...11).contains(device.service.presented.count))
        #expect(!device.service.with { $0.isEnded })
    }

    @Test(arguments: [
        FakeService.problem(503, "unavailable", "retry", [HeaderField("Retry-After", "2")]),
        FakeService.problem(400, "invalid_dpop_proof", "retry"),
        FakeService.problem(500, "internal", "retry"),
        ClientAnswer(status: 502, headers: [HeaderField("Content-Type", "text/html")], body: []),
        ClientAnswer(status: 200, headers: [HeaderField("Content-Type", "text/html")], body: Array("<html>".utf8)),
        ClientAnswer(status: 401, headers: [HeaderField("Content-Type", "text/html")], body: Array("<html>".utf8)),
        ClientAnswer(status: 302, headers: [HeaderField("Location", "https://portal.example")], body: []),
    ])
    func `an answer that is no verdict is followed by another try`(answer: ClientAnswer) async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        device.service.with { $0.faults = [.answer(answer)] }
        #expect(try await client.accessToken() == "at-1-1")
    }

    @Test func `Retry-After is honoured, by later calls too`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        let busy = FakeService.problem(503, "unavailable", "retry", [HeaderField("Retry-After", "120")])
        device.service.with { $0.faults = [.answer(busy)] }
        await #expect(throws: HeirloomClientError.unreachable(retryAfter: .seconds(120))) {
            try await client.accessToken()
        }
        device.pass(.seconds(100))
        await #expect(throws: HeirloomClientError.unreachable(retryAfter: .seconds(20))) {
            try await client.accessToken()
        }
        device.pass(.seconds(20))
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.paths().filter { $0 == "/v1/refresh" }.count == 2)
    }

    @Test func `a wrong request keeps the session`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        for _ in 0..<20 {
            device.service.with { $0.faults = [.answer(FakeService.problem(400, "invalid_request", "fix"))] }
            await #expect(
                throws: HeirloomClientError.refused(ServiceRefusal(status: 400, code: "invalid_request", detail: "d"))
            ) { try await client.accessToken() }
        }
        #expect(try await client.accessToken() == "at-1-1")
    }

    @Test(arguments: ["session_revoked", "expired_token", "reuse_detected", "invalid_token"])
    func `the action login ends the session and empties the store`(code: String) async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var events = client.events.makeAsyncIterator()
        device.pass(.seconds(600))
        device.service.with { $0.faults = [.answer(FakeService.problem(401, code, "login"))] }
        await #expect(throws: HeirloomClientError.signedOut(.refused(code: code))) { try await client.accessToken() }
        #expect(await events.next() == .signedOut(.refused(code: code)))
        #expect(await device.store.contents == nil)
        await #expect(throws: HeirloomClientError.notSignedIn) { try await client.accessToken() }
    }

    @Test func `during an outage the access token is used until it expires`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(575))
        device.service.with { $0.faults = Array(repeating: .refuseConnection, count: 5) }
        #expect(try await client.accessToken() == "at-1-0")
        device.pass(.seconds(30))
        #expect(try await client.accessToken() == "at-1-1")
    }
}
