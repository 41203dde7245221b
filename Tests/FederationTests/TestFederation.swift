import Crypto
import Federation
import Foundation
import Logging
import SessionEngine
import StrictCoding
import Synchronization
import TokenCore
import TokenTesting
import TokenVerifier

/// The relying party over the memory store and a provider in memory.
struct TestFederation {
    let op: TestProvider
    let upstream = FakeProvider()
    let core: TestService
    let store = MemoryStore()
    let service: FederationService
    private let uptime: Uptime

    /// The time since a fixed instant, which a test advances.
    final class Uptime: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
    }

    init(_ change: (inout Provider) -> Void = { _ in }, sharing other: TestFederation? = nil) {
        var op = TestProvider()
        if let other { op = other.op } else { change(&op.provider) }
        let core = TestService(store: store)
        let uptime = Uptime()
        self.op = op
        self.core = core
        self.uptime = uptime
        service = FederationService(
            providers: [op.provider], issuer: "https://id.example", attemptSeconds: 600,
            parts: FederationService.Parts(
                sessions: core.sessions, identities: core.identities, lane: core.lane,
                seal: AttemptSeal(TestService.masterKeys())),
            transport: upstream,
            clock: VerifierClock(
                now: { core.clock.now.seconds }, uptime: { uptime.now },
                // Nothing in these tests waits for time.
                sleep: { _ in try await Task.sleep(for: .seconds(3600)) }),
            entropy: .seeded(11), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        upstream.on(.metadata, TestProvider.metadata)
        upstream.on(.keys, String(decoding: op.jwks(), as: UTF8.self))
    }

    /// Moves the clock of the key set and the metadata.
    func advance(_ duration: Duration) { uptime.advance(duration) }

    /// What a browser knows after it was sent to the provider.
    struct Visit {
        let cookies: [String: String]
        let parameters: [String: String]

        var state: String { parameters["state"] ?? "" }
        var nonce: String { parameters["nonce"] ?? "" }
    }

    static let signIn = Attempt.Purpose.signIn(client: .web, scope: .none, isRemembered: true)

    func begin(_ purpose: Attempt.Purpose = signIn, returnTo: String? = "/notes") async throws -> Visit {
        let answer = try await service.begin(at: "op", purpose, returnTo: returnTo)
        let items = URLComponents(string: answer.authorizationURL)?.queryItems ?? []
        return Visit(
            cookies: [answer.cookieName: answer.cookieValue],
            parameters: Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first })
    }

    /// The claims of an ID token for a visit.
    func claims(_ visit: Visit, sub: String = "ada", more: String = "") -> String {
        let now = core.clock.now.seconds
        return #"{"iss":"https://op.example","sub":"\#(sub)","aud":"heirloom","iat":\#(now),"exp":\#(now + 600),"#
            + #""nonce":"\#(visit.nonce)"\#(more)}"#
    }

    /// Lets the token endpoint answer with an ID token of these claims.
    func grant(_ claims: String, header: String = #"{"alg":"ES256","kid":"k1"}"#) throws {
        upstream.on(
            .token,
            #"{"access_token":"access","token_type":"Bearer","id_token":"\#(try op.sign(claims, header: header))"}"#)
    }

    func finish(
        _ visit: Visit, query: String? = nil, session: Session? = nil
    ) async throws -> FinishOutcome {
        let response = try AuthorizationResponse((query ?? "code=c-1&state=\(visit.state)").utf8)
        return try await service.finish(
            at: "op", response, cookies: visit.cookies, session: session, device: Device(address: "192.0.2.1"))
    }

    /// Signs a person in.
    func signIn(sub: String = "ada", more: String = "") async throws -> (session: Session, token: RefreshToken) {
        let visit = try await begin()
        try grant(claims(visit, sub: sub, more: more))
        guard case .signedIn(let session, let token, _, _) = try await finish(visit) else { throw Refused() }
        return (session, token)
    }

    /// Why finishing is refused; nil when it is not.
    func refusal(_ visit: Visit, query: String? = nil, session: Session? = nil) async throws -> FederationRefusal? {
        do {
            _ = try await finish(visit, query: query, session: session)
            return nil
        } catch let refusal as FederationRefusal { return refusal }
    }

    /// The service refused what a test needs.
    struct Refused: Error {}

    /// How many sessions are live.
    func sessionCount() async throws -> Int { try await core.sessions.sessions(of: nil).count }
}
