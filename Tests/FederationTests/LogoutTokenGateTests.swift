import Federation
import Foundation
import Testing
import TokenCore

/// The names in the comments are those of the OpenID Foundation's tests (rp-backchannel-rpinitlogout-…).
struct LogoutTokenGateTests {
    let op = TestProvider()

    static let header = #"{"alg":"ES256","kid":"k1","typ":"logout+jwt"}"#
    static let claims = #"""
        {"iss":"https://op.example","aud":"heirloom","iat":1800000000,"exp":1800000120,"jti":"j-1","sub":"ada",\#
        "sid":"s-1","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}
        """#

    private func refusal(_ claims: String, header: String = header) async throws -> FederationRefusal? {
        do {
            _ = try LogoutTokenGate(op.provider).verify(
                op.sign(claims, header: header), keys: try await op.keys(), at: TestProvider.now)
            return nil
        } catch let error as FederationRefusal { return error }
    }

    private func sessions(_ claims: String) async throws -> UpstreamSessions {
        try LogoutTokenGate(op.provider).verify(
            op.sign(claims, header: Self.header), keys: try await op.keys(), at: TestProvider.now
        ).sessions
    }

    @Test func `sid names the session, sub alone the person`() async throws {
        let ada = try #require(Identity(issuer: TestProvider.issuer, providerSubject: "ada")).id
        let upstream = UpstreamSessionID(issuer: TestProvider.issuer, sid: "s-1")
        #expect(try await sessions(Self.claims) == .ofUpstream(upstream, identity: ada))
        #expect(
            try await sessions(Self.claims.changing(#""sub":"ada","#, to: "")) == .ofUpstream(upstream, identity: nil))
        #expect(try await sessions(Self.claims.changing(#""sid":"s-1","#, to: "")) == .ofIdentity(ada))
        #expect(try await sessions(Self.claims.changing(#""s-1""#, to: "null")) == .ofIdentity(ada))
    }

    static let hostile: [(String, String, FederationRefusal?)] = [
        // -wrong-iss, -wrong-aud
        ("https://op.example", "https://other.example", .tokenIssuerWrong),
        (#""aud":"heirloom""#, #""aud":"other""#, .tokenAudienceWrong),
        (#""aud":"heirloom","#, "", .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":["other","heirloom"]"#, nil),
        // -no-event, -wrong-event
        (#","events":{"http://schemas.openid.net/event/backchannel-logout":{}}"#, "", .tokenEventsWrong),
        ("backchannel-logout", "another", .tokenEventsWrong), (#"-logout":{}"#, #"-logout":null"#, .tokenEventsWrong),
        (#"-logout":{}"#, #"-logout":[]"#, .tokenEventsWrong), (#"-logout":{}"#, #"-logout":"""#, .tokenEventsWrong),
        (#"-logout":{}"#, #"-logout":{"a":1}"#, nil),
        // -with-nonce
        (#""jti""#, #""nonce":"n","jti""#, .tokenNonceWrong), (#""jti""#, #""nonce":null,"jti""#, .tokenNonceWrong),
        (#""jti":"j-1","#, "", .tokenIDWrong), (#""j-1""#, #""""#, .tokenIDWrong), (#""j-1""#, "7", .tokenIDWrong),
        (#""j-1""#, #""\#(String(repeating: "j", count: 513))""#, .tokenIDWrong),
        (#""j-1""#, #""\#(String(repeating: "j", count: 512))""#, nil),
        (#""iat":1800000000,"#, "", .tokenTimeWrong), ("1800000000", "1800000061", .tokenTimeWrong),
        ("1800000000", "1799999399", .tokenExpired), ("1800000000", "1799999400", nil),
        (#""exp":1800000120,"#, "", nil), ("1800000120", "1799999940", .tokenExpired),
        ("1800000120", #""soon""#, .tokenTimeWrong), (#""ada""#, "7", .tokenSubjectWrong),
        (#""ada""#, #""""#, .tokenSubjectWrong), (#""s-1""#, "7", .tokenSessionWrong),
        (#""sub":"ada","sid":"s-1","#, "", .tokenSubjectWrong), (#""jti""#, #""jti":"j-0","jti""#, .tokenMalformed),
    ]

    @Test(arguments: hostile)
    func `each claim is judged`(old: String, new: String, expected: FederationRefusal?) async throws {
        #expect(try await refusal(Self.claims.changing(old, to: new)) == expected)
    }

    static let headers: [(String, FederationRefusal?)] = [
        (#"{"alg":"ES256","kid":"k1"}"#, nil), (#"{"alg":"ES256","kid":"k1","typ":"JWT"}"#, nil),
        // -alg-none, -wrong-alg
        (#"{"alg":"none"}"#, .tokenAlgorithmWrong), (#"{"alg":"RS256","kid":"k1"}"#, .tokenAlgorithmWrong),
        (#"{"alg":"ES256","kid":"k1","typ":"secevent+jwt"}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","typ":"at+jwt"}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k9"}"#, .tokenKeyUnknown),
    ]

    @Test(arguments: headers)
    func `each header is judged`(header: String, expected: FederationRefusal?) async throws {
        #expect(try await refusal(Self.claims, header: header) == expected)
    }

    @Test func `an ID token ends nothing, and a logout token signs nobody in`() async throws {
        #expect(try await refusal(IDTokenGateTests.claims, header: #"{"alg":"ES256","kid":"k1"}"#) != nil)
        let token = try op.sign(Self.claims, header: #"{"alg":"ES256","kid":"k1"}"#)
        let keys = try await op.keys()
        #expect(throws: FederationRefusal.tokenNonceWrong) {
            try IDTokenGate(op.provider).verify(
                token, keys: keys, expecting: IDTokenGate.Expectation(nonce: "n-1", clients: ["heirloom"]),
                at: TestProvider.now)
        }
    }
}
