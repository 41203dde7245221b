import HTTPTypes
import SessionEngine
import StrictCoding
import Testing
import TokenCore
import TokenHTTP
import TokenSigning
import TokenTesting

/// Access tokens that are signed late, as by a node that was stopped after the commit.
struct TokenDeliveryTests {
    let service = TestService(store: MemoryStore())

    private func delivery() async throws -> TokenDelivery {
        let sealer = KeySealer(TestService.masterKeys())
        let keys = try (0..<2).map { _ in try sealer.generate(.es256, at: service.clock.now) }
        try await service.submit(RotateSigningKeys(.fill, candidates: keys, retentionSeconds: 600))
        let issuer = JWTIssuer(
            ring: try await KeyRing(store: service.store, sealer: sealer), issuer: "http://localhost:8080",
            audience: ["api"], lifetimeSeconds: 600)
        let masterKeys = TestService.masterKeys()
        return TokenDelivery(
            sessions: service.sessions,
            accessTokens: AccessTokenIssuer(issuer: issuer, references: ReferenceTokenKeys(masterKeys)),
            csrf: CSRFTokens(masterKeys))
    }

    @Test func `a token that is signed late expires as if it had been signed at once`() async throws {
        let delivery = try await delivery()
        let outcome = try await service.sessions.open(
            SubjectID("ada"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: ["fed"])
        guard case .opened(let session, let token, let time) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        service.clock.advance(seconds: 3600)
        let response = try delivery.redirect(to: "/", for: session, refresh: token, at: time)
        let cookies = response.headers[values: .setCookie]
        let cookie = try #require(cookies.first { $0.utf8.starts(with: "__Host-heirloom-access=".utf8) })
        let payload = try #require(Base64URL.decode(cookie.split(separator: ".")[1].utf8))
        let claims = try JSONReader.read(payload)
        #expect(claims["iat"]?.integer == time.seconds)
        #expect(claims["exp"]?.integer == time.seconds + 600)
    }
}
