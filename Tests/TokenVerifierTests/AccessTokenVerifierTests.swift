import PrometheusMetrics
import Testing
import TokenVerifier

/// A verifier on a stopped clock, with a token service that may be down.
@Suite(.timeLimit(.minutes(5)))
struct AccessTokenVerifierTests {
    let waiters = Waiters()
    let clock: StoppedClock
    let service: FakeService
    let verifier: AccessTokenVerifier
    let metrics = PrometheusRegistry()

    static let now = 1_800_000_000
    static let milliseconds = 1_800_000_000_000
    /// Opened at `milliseconds`: the first twelve digits of a UUIDv7.
    static let session = "01a3185c-5000-7000-8000-000000000001"

    init() {
        clock = StoppedClock(at: Self.now, waiters: waiters)
        service = FakeService(waiters: waiters)
        var options = AccessTokenVerifier.Options(issuer: "https://id.example", audience: ["api"])
        options.credentials = AccessTokenVerifier.ClientCredentials(id: "api", secret: "secret")
        verifier = AccessTokenVerifier(options, transport: service, clock: clock.clock, metrics: metrics)
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
        await settle()
        try await body()
    }

    /// Returns when the three loops of a running verifier (keys, feed, metrics) wait.
    private func settle() async { await waiters.settle(at: 3) }

    private func advance(by duration: Duration) async {
        clock.advance(by: duration)
        await settle()
    }

    private func revoke(_ members: String) async {
        service.revoke(#"{\#(members),"at":1,"until":\#(Self.now + 600)}"#)
        await settle()
    }

    private func setDown(_ isDown: Bool) async {
        service.isDown = isDown
        await settle()
    }

    @Test func `concurrent callers share one fetch of the keys`() async throws {
        let token = try token()
        service.holdsKeys = true
        await withTaskGroup { tasks in
            for _ in 0..<50 { tasks.addTask { #expect(await refusal(of: token) == nil) } }
            await waiters.settle(at: 1)
            service.holdsKeys = false
        }
        #expect(service.requests == ["/.well-known/jwks.json"])
    }

    @Test func `unknown key ids cause at most one fetch in ten seconds`() async throws {
        #expect(try await refusal(of: token()) == nil)
        for fetches in 1...3 {
            for number in 0..<100 { #expect(try await refusal(of: token(key: "unknown\(number)")) == .unknownKey) }
            clock.advance(by: .milliseconds(9999))
            #expect(try await refusal(of: token(key: "unknown")) == .unknownKey)
            #expect(service.requests.count == fetches)
            clock.advance(by: .milliseconds(1))
        }
    }

    @Test func `the keys are fetched every 300 seconds`() async throws {
        func fetches() -> Int { service.requests.filter { $0 == "/.well-known/jwks.json" }.count }
        try await following {
            #expect(fetches() == 1)
            await advance(by: .seconds(299))
            #expect(fetches() == 1)
            await advance(by: .seconds(1))
            #expect(fetches() == 2)
        }
    }

    @Test func `without keys a token is not judged`() async throws {
        service.isDown = true
        #expect(try await refusal(of: token()) == .keysUnavailable)
        #expect(verifier.status.keyAge == nil && !verifier.status.isFollowingFeed)
    }

    @Test func `the last keys remain in use during an outage`() async throws {
        #expect(try await refusal(of: token()) == nil)
        service.isDown = true
        #expect(try await refusal(of: token(jti: "2")) == nil)
    }

    @Test func `a token is refused at its expiry and the leeway`() async throws {
        let token = try token()
        #expect(await refusal(of: token) == nil)
        clock.advance(by: .seconds(609))
        #expect(await refusal(of: token) == nil)
        clock.advance(by: .seconds(1))
        #expect(await refusal(of: token) == .expired)
    }

    @Test func `a cached token of a revoked session is refused`() async throws {
        let token = try token()
        try await following {
            #expect(await refusal(of: token) == nil)
            await revoke(#""sequence":1,"kind":"session","id":"\#(Self.session)""#)
            #expect(await refusal(of: token) == .revoked)
        }
    }

    @Test func `a logout-all revokes earlier sessions only`() async throws {
        let (opened, ada, bob) = (Self.milliseconds, try token(), try token(sub: "bob"))
        try await following {
            await revoke(#""sequence":1,"kind":"subject","id":"ada","before":\#(opened)"#)
            #expect(verifier.status.revocations == 1)
            #expect(await refusal(of: ada) == nil)
            await revoke(#""sequence":2,"kind":"subject","id":"ada","before":\#(opened + 1)"#)
            // A lower cutoff in a later entry changes nothing.
            await revoke(#""sequence":3,"kind":"subject","id":"ada","before":1"#)
            #expect(await refusal(of: ada) == .revoked)
            #expect(await refusal(of: bob) == nil)
        }
    }

    @Test func `the metrics report an outage of the feed and its end`() async throws {
        let token = try token()
        try await following {
            await advance(by: .seconds(1))
            #expect(metrics.text().contains("heirloom_verifier_feed_connected 1\n"))
            #expect(metrics.text().contains("heirloom_verifier_keys_age_seconds 1\n"))
            await setDown(true)
            await advance(by: .seconds(1))
            #expect(metrics.text().contains("heirloom_verifier_feed_connected 0\n"))
            #expect(metrics.text().contains("heirloom_verifier_feed_lag_seconds 2\n"))
            #expect(await refusal(of: token) == nil)
            service.isDown = false
            await advance(by: .seconds(1))
            await advance(by: .seconds(1))
            #expect(metrics.text().contains("heirloom_verifier_feed_connected 1\n"))
            #expect(metrics.text().contains("heirloom_verifier_feed_lag_seconds 1\n"))
        }
        _ = await refusal(of: "x")
        #expect(metrics.text().contains("heirloom_verifier_refused_total{reason=\"malformed\"} 1\n"))
    }

    @Test func `a revocation during an outage takes effect after it`() async throws {
        let token = try token()
        try await following {
            #expect(verifier.status.isFollowingFeed)
            await setDown(true)
            #expect(!verifier.status.isFollowingFeed)
            await revoke(#""sequence":1,"kind":"session","id":"\#(Self.session)""#)
            #expect(await refusal(of: token) == nil)
            await setDown(false)
            await advance(by: .milliseconds(100))
            #expect(await refusal(of: token) == .revoked)
            #expect(verifier.status.isFollowingFeed)
        }
    }

    @Test func `a reset of the feed removes all revocations`() async throws {
        let token = try token()
        try await following {
            await revoke(#""sequence":1,"kind":"session","id":"\#(Self.session)""#)
            #expect(await refusal(of: token) == .revoked)
            service.restart()
            await settle()
            #expect(await refusal(of: token) == nil)
        }
    }

    /// A feed of a compromised or faulty service must not end the verifying process.
    @Test(arguments: [Int.max, Int.min, -1, 1 << 53])
    func `a revocation with extreme times takes effect`(time: Int) async throws {
        let token = try token()
        try await following {
            service.revoke(
                #"{"sequence":1,"kind":"session","id":"\#(Self.session)","at":\#(time),"until":\#(Int.max)}"#)
            service.revoke(#"{"sequence":2,"kind":"subject","id":"eve","before":\#(time),"at":0,"until":\#(time)}"#)
            await settle()
            #expect(await refusal(of: token) == .revoked)
        }
    }

    @Test func `a client's own token has no session and the client as its subject`() async throws {
        #expect(try await refusal(of: token(sub: "client:app", sid: nil, client: "app")) == nil)
        #expect(try await refusal(of: token(sub: "client:app", sid: nil, client: "other")) == .badClaims)
        #expect(try await refusal(of: token(sub: "client:app", client: "app")) == .badClaims)
        #expect(try await refusal(of: token(sub: "ada", sid: nil)) == .badClaims)
    }
}
