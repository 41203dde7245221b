import Federation
import Foundation
import SessionEngine
import StrictCoding
import Testing
import TokenCore
import TokenTesting

/// ID tokens that applications present, and messages that providers send.
struct MessagesTests {
    private func native(_ change: (inout Provider) -> Void = { _ in }) -> TestFederation {
        TestFederation { provider in
            provider.audiences = ["ios-app"]
            change(&provider)
        }
    }

    private func claims(_ nonce: String, more: String = "", aud: String = "ios-app") -> String {
        #"{"iss":"https://op.example","sub":"ada","aud":"\#(aud)","iat":1800000000,"exp":1800000600,"#
            + #""nonce":"\#(nonce)"\#(more)}"#
    }

    /// SHA-256 of `n` in hex.
    private static let hash = "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9"

    private func refusal(
        _ federation: TestFederation, _ claims: String, nonce: String = "n"
    ) async throws -> FederationRefusal? {
        do {
            _ = try await federation.service.signIn(
                at: "op", idToken: federation.op.sign(claims), nonce: nonce, client: .web, scope: .none,
                device: Device(), isRemembered: true)
            return nil
        } catch let refusal as FederationRefusal { return refusal }
    }

    @Test func `an application signs a person in with an ID token, once`() async throws {
        let federation = native()
        #expect(try await refusal(federation, claims(Self.hash)) == nil)
        // ECDSA gives the same claims another signature.
        #expect(try await refusal(federation, claims(Self.hash)) == .tokenUsed)
        #expect(try await refusal(federation, claims(Self.hash, more: #","jti":"2""#)) == nil)
        #expect(try await federation.sessionCount() == 2)
    }

    @Test func `the nonce is hashed as configured`() async throws {
        #expect(try await refusal(native(), claims("n")) == .tokenNonceWrong)
        #expect(try await refusal(native(), claims(Self.hash.uppercased())) == .tokenNonceWrong)
        #expect(try await refusal(native(), claims(Self.hash), nonce: "m") == .tokenNonceWrong)
        #expect(try await refusal(native(), claims(Self.hash), nonce: "") == .tokenNonceWrong)
        let plain = native { $0.nonceHash = .none }
        #expect(try await refusal(plain, claims("n")) == nil)
        #expect(try await refusal(plain, claims(Self.hash)) == .tokenNonceWrong)
        let long = String(repeating: "n", count: 513)
        #expect(try await refusal(plain, claims(long), nonce: long) == .tokenNonceWrong)
    }

    @Test func `only the listed clients count`() async throws {
        #expect(try await refusal(native(), claims(Self.hash, aud: "heirloom")) == .tokenAudienceWrong)
        #expect(try await refusal(native { $0.audiences = ["heirloom"] }, claims(Self.hash, aud: "heirloom")) == nil)
        #expect(try await refusal(native(), claims(Self.hash, more: #","azp":"android-app""#)) == .tokenPartyWrong)
        let both = native { $0.audiences = ["ios-app", "android-app"] }
        #expect(try await refusal(both, claims(Self.hash, more: #","azp":"android-app""#)) == nil)
        #expect(try await refusal(TestFederation(), claims(Self.hash, aud: "heirloom")) == .unknownProvider)
    }

    @Test func `an old token is refused, and one of another issuer costs no look-up`() async throws {
        let federation = native()
        federation.core.clock.advance(seconds: 601)
        #expect(try await refusal(federation, claims(Self.hash)) == .tokenExpired)
        let other = native()
        #expect(
            try await refusal(other, claims(Self.hash).changing("op.example", to: "evil.example")) == .tokenIssuerWrong)
        #expect(other.upstream.requests.isEmpty)
    }

    @Test func `requirements hold, and no endpoint is asked for more claims`() async throws {
        let requirements = try #require(Requirements(JSONReader.read(Array(#"{"hd":["example.com"]}"#.utf8))))
        let federation = native { $0.requirements = requirements }
        #expect(try await refusal(federation, claims(Self.hash)) == .requirementUnmet)
        #expect(!federation.upstream.endpoints.contains(.userInfo))
        #expect(try await refusal(federation, claims(Self.hash, more: #","hd":"example.com""#)) == nil)
    }

    // MARK: - Logouts

    private static let logoutHeader = #"{"alg":"ES256","kid":"k1","typ":"logout+jwt"}"#

    private func logout(
        _ federation: TestFederation, _ members: String, jti: String = "j-1", iat: Int? = nil
    ) async throws -> Int {
        let iat = iat ?? federation.core.clock.now.seconds
        let claims =
            #"{"iss":"https://op.example","aud":"heirloom","iat":\#(iat),"jti":"\#(jti)","#
            + #""events":{"http://schemas.openid.net/event/backchannel-logout":{}},\#(members)}"#
        return try await federation.service.backchannelLogout(
            at: "op", token: try federation.op.sign(claims, header: Self.logoutHeader))
    }

    @Test func `sid ends its session, and sub alone all that the identity opened`() async throws {
        let federation = TestFederation()
        let first = try await federation.signIn(more: #","sid":"s-1""#).session
        _ = try await federation.signIn(more: #","sid":"s-2""#)
        _ = try await federation.signIn(sub: "eve", more: #","sid":"s-3""#)
        let (own, _) = try await federation.core.open("by-password")
        #expect(try await logout(federation, #""sid":"s-1""#) == 1)
        guard case .refused = try await federation.core.sessions.status(of: first.id) else {
            Issue.record("the session lives")
            return
        }
        #expect(try await federation.sessionCount() == 3)
        #expect(try await logout(federation, #""sid":"unknown""#, jti: "j-2") == 0)
        #expect(try await logout(federation, #""sub":"ada""#, jti: "j-3") == 1)
        #expect(try await federation.sessionCount() == 2)
        guard case .live = try await federation.core.sessions.status(of: own.id) else {
            Issue.record("a session of another kind was ended")
            return
        }
    }

    @Test func `a logout token works once, and leaves later sessions`() async throws {
        let federation = TestFederation()
        #expect(try await logout(federation, #""sub":"ada""#) == 0)
        await #expect(throws: FederationRefusal.tokenUsed) { try await logout(federation, #""sub":"ada""#) }
        federation.core.clock.advance(seconds: 60)
        _ = try await federation.signIn(more: #","sid":"s-1""#)
        let before = TestProvider.now + 30
        #expect(try await logout(federation, #""sub":"ada""#, jti: "j-2", iat: before) == 0)
        #expect(try await federation.sessionCount() == 1)
        #expect(try await logout(federation, #""sub":"ada""#, jti: "j-3") == 1)
    }

    @Test func `logouts can be turned off, and a foreign one costs no look-up`() async throws {
        let off = TestFederation { $0.acceptsLogouts = false }
        await #expect(throws: FederationRefusal.unknownProvider) { try await logout(off, #""sub":"ada""#) }
        let federation = TestFederation()
        let forged = try TestProvider().sign(#"{"iss":"https://evil.example"}"#)
        await #expect(throws: FederationRefusal.tokenIssuerWrong) {
            try await federation.service.backchannelLogout(at: "op", token: forged)
        }
        await #expect(throws: FederationRefusal.tokenMalformed) {
            try await federation.service.backchannelLogout(at: "op", token: "x")
        }
        await #expect(throws: FederationRefusal.unknownProvider) {
            try await federation.service.backchannelLogout(at: "OP", token: forged)
        }
        #expect(federation.upstream.requests.isEmpty)
    }

    // MARK: - Security events

    @Test func `a security event ends the sessions of the person from before it`() async throws {
        let federation = TestFederation { provider in
            provider.events = Provider.EventSource(issuer: "https://op.example/", jwksURI: "https://op.example/keys")
        }
        _ = try await federation.signIn()
        let token = try federation.op.sign(
            SecurityEventGateTests.claims, header: #"{"alg":"ES256","kid":"k1","typ":"secevent+jwt"}"#)
        #expect(try await federation.service.receiveEvent(at: "op", token: token) == 1)
        federation.core.clock.advance(seconds: 5)
        _ = try await federation.signIn()
        // Repeated, it changes nothing.
        #expect(try await federation.service.receiveEvent(at: "op", token: token) == 0)
        #expect(try await federation.sessionCount() == 1)
        let events = try await federation.core.sessions.events(of: nil, limit: 10)
        #expect(events.contains { $0.kind == .upstreamLogout && $0.detail == "op" })
        await #expect(throws: FederationRefusal.unknownProvider) {
            try await TestFederation().service.receiveEvent(at: "op", token: token)
        }
    }
}
