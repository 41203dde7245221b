import HeirloomClient
import Testing

struct AnswerTests {
    static let valid =
        """
        {"token_type":"DPoP","access_token":"at-1-1","expires_in":600,"refresh_token":"hr1_1-1",
         "refresh_expires_in":1209600,"session_id":"s1","subject":"ada","scope":"","later":{"a":[1]}}
        """

    static let malformed: [String] = [
        "", "null", "[]", "{}", valid + valid, String(valid.dropLast(2)),
        changed("\"DPoP\"", "\"MAC\""), changed("\"DPoP\"", "\"dpop\""), changed("\"DPoP\"", "1"),
        changed("\"at-1-1\"", "\"\""), changed("\"at-1-1\"", "\"a b\""), changed("\"at-1-1\"", "\"a\\r\\nX: y\""),
        changed("\"at-1-1\"", "null"), changed("\"at-1-1\"", "\"" + String(repeating: "a", count: 16_385) + "\""),
        changed("600", "0"), changed("600", "-1"), changed("600", "86401"), changed("600", "600.5"),
        changed("600", "\"600\""), changed("600", "9223372036854775808"), changed("600", "1e300"),
        changed("\"hr1_1-1\"", "\"\""), changed("\"hr1_1-1\"", "[]"), changed("\"hr1_1-1\"", "\"é\""),
        changed("\"hr1_1-1\"", "\"" + String(repeating: "a", count: 1025) + "\""),
        changed("\"s1\"", "\"s2\""), changed("\"ada\"", "\"bob\""), changed("\"ada\"", "\"\""),
        changed("\"scope\":\"\"", "\"scope\":1"), changed("\"scope\":\"\"", "\"subject\":\"ada\""),
    ]

    private static func changed(_ part: String, _ other: String) -> String { valid.replacing(part, with: other) }

    @Test(arguments: malformed) func `a malformed answer to a refresh is no answer`(text: String) async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        device.service.with { $0.faults = [.answer(FakeService.json(text))] }
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.paths() == ["/v1/login", "/v1/refresh", "/health/live", "/v1/refresh"])
    }

    @Test func `the answer of the table without a change is accepted`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        device.service.with { $0.faults = [.answer(FakeService.json(AnswerTests.valid))] }
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.paths() == ["/v1/login", "/v1/refresh"])
    }

    @Test func `an error of a login ends no session`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.service.with { $0.faults = [.answer(FakeService.problem(401, "invalid_credentials", "login"))] }
        await #expect(
            throws: HeirloomClientError.refused(ServiceRefusal(status: 401, code: "invalid_credentials", detail: "d"))
        ) { try await client.login(username: "ada", password: "wrong") }
        #expect(try await client.accessToken() == "at-1-0")
    }

    @Test func `a login in place of another one ends that one`() async throws {
        let device = TestDevice()
        let client = try device.client()
        var events = client.events.makeAsyncIterator()
        let first = try await client.login(username: "ada", password: "secret")
        let second = try await client.login(username: "ada", password: "secret")
        #expect(first.id == "s1" && second.id == "s2" && first.isBound)
        #expect(device.service.paths() == ["/v1/login", "/v1/login", "/v1/logout"])
        #expect(await events.next() == .signedIn(first))
        #expect(await events.next() == .signedIn(second))
        #expect(try await device.client().session() == second)
    }

    @Test func `a lost answer of a login is not asked for again`() async throws {
        let device = TestDevice()
        device.service.with { $0.faults = [.loseAnswer] }
        await #expect(throws: HeirloomClientError.unreachable(retryAfter: nil)) {
            try await device.client().login(username: "ada", password: "secret")
        }
        #expect(device.service.with { $0.logins } == 1)
    }

    @Test func `a logout empties the store once the service has answered`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var events = client.events.makeAsyncIterator()
        device.service.with { $0.faults = Array(repeating: .refuseConnection, count: 5) }
        await #expect(throws: HeirloomClientError.unreachable(retryAfter: nil)) { try await client.logout() }
        #expect(try await client.accessToken() == "at-1-0")
        device.service.with { $0.faults = [.loseAnswer] }
        try await client.logout()
        #expect(await device.store.contents == nil)
        #expect(await events.next() == .signedOut(.loggedOut))
        try await client.logout()
        #expect(device.service.with { $0.isEnded })
    }

    @Test func `a logout of all sessions ends this one`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var events = client.events.makeAsyncIterator()
        #expect(try await client.logoutAll() == 3)
        #expect(await events.next() == .signedOut(.loggedOutEverywhere))
        #expect(try await client.session() == nil)
    }

    @Test func `another process's logout and login are noticed`() async throws {
        let device = TestDevice()
        let (one, other) = (try device.client(), try device.client())
        try await one.login(username: "ada", password: "secret")
        _ = try await other.accessToken()
        var events = other.events.makeAsyncIterator()
        try await one.logout()
        device.pass(.seconds(600))
        await #expect(throws: HeirloomClientError.notSignedIn) { try await other.accessToken() }
        let session = try await one.login(username: "ada", password: "secret")
        #expect(try await other.accessToken() == "at-2-0")
        #expect(await events.next() == .signedOut(.elsewhere))
        #expect(await events.next() == .signedIn(session))
    }

    @Test(arguments: [
        "", "ftp://id.example", "http://id.example", "https://", "https://a@id.example", "https://id.example?x",
        "https://id.example#x", "https://id example", "http://localhost.example", "id.example",
    ])
    func `an issuer that is no URL for secrets is refused`(issuer: String) {
        #expect(throws: HeirloomClientError.invalidIssuer) {
            try HeirloomClient(issuer: issuer, clientID: "web", store: MemorySessionStore())
        }
    }
}
