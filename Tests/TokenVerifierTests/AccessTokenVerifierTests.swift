import PrometheusMetrics
import Testing
import TokenVerifier

/// A verifier and the service it follows, which may be away.
struct AccessTokenVerifierTests {
    let service = FakeService()
    let verifier: AccessTokenVerifier
    let metrics = PrometheusRegistry()

    static let now = 1_800_000_000
    static let milliseconds = 1_800_000_000_000
    /// Opened in that moment: the first twelve digits of a UUIDv7 are milliseconds.
    static let session = "01a3185c-5000-7000-8000-000000000001"

    init() {
        var options = AccessTokenVerifier.Options(issuer: "https://id.example", audience: ["api"])
        options.credentials = AccessTokenVerifier.ClientCredentials(id: "api", secret: "secret")
        verifier = AccessTokenVerifier(
            options, transport: service, now: { AccessTokenVerifierTests.now }, metrics: metrics)
    }

    private func token(
        sub: String = "ada", sid: String? = Self.session, client: String = "web", key: String = "k1", jti: String = "1"
    ) throws -> String {
        let session = sid.map { #","sid":"\#($0)""# } ?? ""
        return try service.sign(
            #"""
            {"iss":"https://id.example","sub":"\#(sub)","aud":"api","client_id":"\#(client)","iat":\#(Self.now),
            "exp":\#(Self.now + 600),"jti":"\#(jti)"\#(session)}
            """#, key: key)
    }

    private func refusal(of token: String) async -> TokenRefusal? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch { return error }
    }

    /// Runs the verifier while `body` runs.
    private func following(_ body: () async throws -> Void) async throws {
        let running = Task { try await verifier.run() }
        defer { running.cancel() }
        try await body()
    }

    /// Until the condition holds; a test that hangs has failed.
    private func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await !condition() {
            try #require(.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test func `keys are fetched once, however many ask at once`() async throws {
        let token = try token()
        await withTaskGroup { tasks in
            for _ in 0..<50 { tasks.addTask { #expect(await refusal(of: token) == nil) } }
        }
        #expect(service.requests == ["/.well-known/jwks.json"])
    }

    @Test func `unknown key ids cause one fetch and no more`() async throws {
        #expect(try await refusal(of: token()) == nil)
        for number in 0..<100 { #expect(try await refusal(of: token(key: "unknown\(number)")) == .unknownKey) }
        #expect(service.requests.count == 1)
    }

    @Test func `without keys nobody is judged`() async throws {
        service.isDown = true
        #expect(try await refusal(of: token()) == .keysUnavailable)
        #expect(verifier.status.keyAge == nil && !verifier.status.isFollowingFeed)
    }

    @Test func `through an outage the last keys go on`() async throws {
        #expect(try await refusal(of: token()) == nil)
        service.isDown = true
        #expect(try await refusal(of: token(jti: "2")) == nil)
    }

    @Test func `a revoked session is refused, though its token was verified before`() async throws {
        let token = try token()
        try await following {
            #expect(await refusal(of: token) == nil)
            service.revoke(
                #"{"sequence":1,"kind":"session","id":"\#(Self.session)","at":1,"until":\#(Self.now + 600)}"#)
            try await until { await refusal(of: token) == .revoked }
        }
    }

    @Test func `a logout-all concerns sessions of before alone`() async throws {
        let opened = Self.milliseconds
        try await following {
            service.revoke(
                #"{"sequence":1,"kind":"subject","id":"ada","before":\#(opened),"at":1,"until":\#(Self.now + 600)}"#)
            try await until { verifier.status.revocations == 1 }
            #expect(try await refusal(of: token()) == nil)
            // An older cutoff that comes later does not undo it.
            service.revoke(
                #"{"sequence":2,"kind":"subject","id":"ada","before":\#(opened + 1),"at":1,"until":\#(Self.now + 600)}"#
            )
            service.revoke(
                #"{"sequence":3,"kind":"subject","id":"ada","before":1,"at":1,"until":\#(Self.now + 600)}"#)
            try await until { try await refusal(of: token()) == .revoked }
            #expect(try await refusal(of: token(sub: "bob")) == nil)
        }
    }

    @Test func `the metrics say when the feed is away, and when it is back`() async throws {
        func isToldConnected() -> Bool? {
            let text = metrics.text()
            if text.contains("heirloom_verifier_feed_connected 1\n") { return true }
            return text.contains("heirloom_verifier_feed_connected 0\n") ? false : nil
        }
        try await following {
            try await until { isToldConnected() == true }
            #expect(metrics.text().contains("heirloom_verifier_keys_age_seconds "))
            service.isDown = true
            try await until { isToldConnected() == false }
            #expect(try await refusal(of: token()) == nil)
            service.isDown = false
            try await until { isToldConnected() == true }
        }
        _ = await refusal(of: "x")
        #expect(metrics.text().contains("heirloom_verifier_refused_total{reason=\"malformed\"} 1\n"))
    }

    @Test func `what was revoked during an outage is heard of after it`() async throws {
        let token = try token()
        try await following {
            try await until { verifier.status.isFollowingFeed }
            service.isDown = true
            try await until { !verifier.status.isFollowingFeed }
            service.revoke(
                #"{"sequence":1,"kind":"session","id":"\#(Self.session)","at":1,"until":\#(Self.now + 600)}"#)
            #expect(await refusal(of: token) == nil)
            service.isDown = false
            try await until { await refusal(of: token) == .revoked }
            #expect(verifier.status.isFollowingFeed)
        }
    }

    @Test func `a reset forgets what was known`() async throws {
        let token = try token()
        try await following {
            service.revoke(
                #"{"sequence":1,"kind":"session","id":"\#(Self.session)","at":1,"until":\#(Self.now + 600)}"#)
            try await until { await refusal(of: token) == .revoked }
            service.restart()
            try await until { await refusal(of: token) == nil }
        }
    }

    @Test func `a client's own token has no session and no person's subject`() async throws {
        #expect(try await refusal(of: token(sub: "client:app", sid: nil, client: "app")) == nil)
        #expect(try await refusal(of: token(sub: "client:app", sid: nil, client: "other")) == .badClaims)
        #expect(try await refusal(of: token(sub: "client:app", client: "app")) == .badClaims)
        #expect(try await refusal(of: token(sub: "ada", sid: nil)) == .badClaims)
    }
}
