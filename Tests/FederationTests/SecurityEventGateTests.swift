import Federation
import Foundation
import Testing
import TokenCore

struct SecurityEventGateTests {
    let op: TestProvider

    static let events = "https://schemas.openid.net/secevent/"
    static let claims = #"""
        {"iss":"https://op.example/","aud":"heirloom","iat":1800000000,"jti":"j-1","events":{\#
        "https://schemas.openid.net/secevent/risc/event-type/sessions-revoked":{"subject":{\#
        "subject_type":"iss-sub","iss":"https://op.example/","sub":"ada"}}}}
        """#

    init() {
        var op = TestProvider()
        op.provider.events = Provider.EventSource(
            issuer: "https://op.example/", jwksURI: "https://op.example/event-keys")
        self.op = op
    }

    private func event(
        _ claims: String, header: String = #"{"alg":"ES256","kid":"k1","typ":"secevent+jwt"}"#
    ) async throws -> SecurityEvent {
        let gate = try #require(SecurityEventGate(op.provider))
        return try gate.verify(op.sign(claims, header: header), keys: try await op.keys(), at: TestProvider.now)
    }

    private func refusal(_ claims: String) async throws -> FederationRefusal? {
        do {
            _ = try await event(claims)
            return nil
        } catch let error as FederationRefusal { return error }
    }

    static let kinds: [(String, String, Bool)] = [
        ("risc/event-type/account-disabled", "", true), ("risc/event-type/account-purged", "", true),
        ("risc/event-type/sessions-revoked", "", true), ("risc/event-type/credential-compromise", "", true),
        ("oauth/event-type/tokens-revoked", "", true), ("caep/event-type/session-revoked", "", true),
        ("caep/event-type/credential-change", #""credential_type":"password","change_type":"update","#, true),
        ("caep/event-type/credential-change", #""credential_type":"password","change_type":"revoke","#, true),
        ("caep/event-type/credential-change", #""credential_type":"password","change_type":"delete","#, true),
        ("caep/event-type/credential-change", #""credential_type":"password","change_type":"create","#, false),
        ("caep/event-type/credential-change", #""credential_type":"pin","change_type":"update","#, false),
        ("caep/event-type/credential-change", "", false), ("risc/event-type/account-enabled", "", false),
        ("risc/event-type/verification", "", false), ("ssf/event-type/verification", "", false),
        ("caep/event-type/device-compliance-change", "", false), ("risc/event-type/Account-Disabled", "", false),
    ]

    @Test(arguments: kinds)
    func `the kind of an event decides whether sessions end`(kind: String, members: String, ends: Bool) async throws {
        let claims = Self.claims.changing("risc/event-type/sessions-revoked", to: kind)
            .changing(#"{"subject""#, to: "{" + members + #""subject""#)
        let ada = try #require(Identity(issuer: TestProvider.issuer, providerSubject: "ada")).id
        #expect(try await event(claims).identity == (ends ? ada : nil))
    }

    static let subjects: [(String, Bool)] = [
        (#"{"subject_type":"iss-sub","iss":"https://op.example","sub":"ada"}"#, true),
        (#"{"format":"iss_sub","iss":"https://op.example","sub":"ada"}"#, true),
        (#"{"format":"complex","user":{"format":"iss_sub","iss":"https://op.example","sub":"ada"}}"#, true),
        (#"{"user":{"format":"iss_sub","iss":"https://op.example","sub":"ada"},"session":{}}"#, true),
        (#"{"format":"iss_sub","iss":"https://other.example","sub":"ada"}"#, false),
        (#"{"format":"iss_sub","sub":"ada"}"#, false), (#"{"format":"iss_sub","iss":"https://op.example"}"#, false),
        (#"{"format":"iss_sub","iss":"https://op.example","sub":7}"#, false),
        (#"{"format":"iss_sub","iss":"https://op.example","sub":""}"#, false),
        (#"{"format":"email","email":"ada@op.example"}"#, false), (#"{"format":7}"#, false), ("{}", false),
        ("null", false), (#""ada""#, false), (#"{"format":"complex"}"#, false),
    ]

    @Test(arguments: subjects)
    func `a subject is a person by issuer and sub`(subject: String, isAda: Bool) async throws {
        let old = #"{"subject_type":"iss-sub","iss":"https://op.example/","sub":"ada"}"#
        #expect((try await event(Self.claims.changing(old, to: subject)).identity != nil) == isAda)
        let claims = Self.claims.changing(#"{"subject":\#(old)}"#, to: "{}")
            .changing(#""jti""#, to: #""sub_id":\#(subject),"jti""#)
        #expect((try await event(claims).identity != nil) == isAda)
    }

    @Test(arguments: [
        #""sub_id":null,"jti""#, #""sub_id":{"format":"email","email":"ada@example.com"},"jti""#,
    ])
    func `an identifier that names nobody leaves the subject of the event`(members: String) async throws {
        #expect(try await event(Self.claims.changing(#""jti""#, to: members)).identity != nil)
    }

    @Test
    func `an event that names nobody does not hide another one`() async throws {
        let first =
            #""events":{"\#(Self.events)risc/event-type/account-disabled":{"subject":"#
            + #"{"subject_type":"email","email":"ada@example.com"}},"#
        #expect(try await event(Self.claims.changing(#""events":{"#, to: first)).identity != nil)
    }

    static let hostile: [(String, String, FederationRefusal?)] = [
        (#""iss":"https://op.example/","aud""#, #""iss":"https://op.example","aud""#, .tokenIssuerWrong),
        (#""heirloom""#, #""other""#, .tokenAudienceWrong), (#""heirloom""#, #"["x","heirloom"]"#, nil),
        (#""iat":1800000000,"#, "", .tokenTimeWrong), ("1800000000", "1800000061", .tokenTimeWrong),
        // A transmitter may repeat an event for days.
        ("1800000000", "1799000000", nil), (#""jti":"j-1","#, "", .tokenIDWrong),
        (#""jti""#, #""exp":1,"jti""#, .tokenExpired), (#""events":{"#, #""events":[{"#, .tokenMalformed),
        (#"}}}}"#, #"}},"x":1}}"#, .tokenEventsWrong),
    ]

    @Test(arguments: hostile)
    func `each claim is judged`(old: String, new: String, expected: FederationRefusal?) async throws {
        #expect(try await refusal(Self.claims.changing(old, to: new)) == expected)
    }

    @Test func `a token without events is refused`() async throws {
        let start = try #require(Self.claims.range(of: #","events""#))
        let claims = String(Self.claims[..<start.lowerBound])
        #expect(try await refusal(claims + "}") == .tokenEventsWrong)
        #expect(try await refusal(claims + #","events":{}}"#) == .tokenEventsWrong)
    }

    @Test func `an event happened when it says, and not after it was issued`() async throws {
        #expect(try await event(Self.claims).happenedAt == 1_800_000_000)
        func happened(_ member: String) async throws -> Int {
            try await event(Self.claims.changing(#""jti""#, to: member + #","jti""#)).happenedAt
        }
        #expect(try await happened(#""toe":1799999000"#) == 1_799_999_000)
        #expect(try await happened(#""toe":1800009000"#) == 1_800_000_000)
        #expect(try await happened(#""toe":"x""#) == 1_800_000_000)
        let claims = Self.claims.changing(#"{"subject""#, to: #"{"event_timestamp":1799999500,"subject""#)
        #expect(try await event(claims).happenedAt == 1_799_999_500)
    }

    @Test func `a provider that pushes no events has no gate`() {
        #expect(SecurityEventGate(TestProvider().provider) == nil)
    }

    @Test(arguments: [
        (FederationRefusal.tokenIssuerWrong, "invalid_issuer"), (.tokenAudienceWrong, "invalid_audience"),
        (.tokenSignatureWrong, "invalid_key"), (.tokenKeyUnknown, "invalid_key"), (.tokenMalformed, "invalid_request"),
    ])
    func `a refusal has the code of RFC 8935`(refusal: FederationRefusal, code: String) {
        #expect(refusal.eventErrorCode == code)
    }
}
