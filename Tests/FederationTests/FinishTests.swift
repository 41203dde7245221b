import Crypto
import Federation
import Foundation
import SessionEngine
import StrictCoding
import Testing
import TokenCore
import TokenTesting
import TokenVerifier

struct FinishTests {
    let federation = TestFederation()

    @Test func `the authorization request has state, nonce and PKCE`() async throws {
        let visit = try await federation.begin()
        #expect(visit.parameters["response_type"] == "code")
        #expect(visit.parameters["client_id"] == "heirloom")
        #expect(visit.parameters["redirect_uri"] == "https://id.example/login/op/callback")
        #expect(visit.parameters["scope"] == "openid")
        #expect(visit.parameters["code_challenge_method"] == "S256")
        #expect(visit.parameters["code_challenge"]?.utf8.count == 43)
        #expect(visit.parameters["max_age"] == nil && visit.parameters["prompt"] == nil)
        #expect(visit.parameters["response_mode"] == nil)
        let fresh = try await federation.begin(.signIn(client: .web, scope: .none, isRemembered: true, isFresh: true))
        #expect(fresh.parameters["max_age"] == "0" && fresh.parameters["prompt"] == "login")
    }

    @Test func `what is configured is asked for`() async throws {
        let federation = TestFederation { provider in
            provider.responseMode = .formPost
            provider.prompt = "select_account"
            provider.maxAgeSeconds = 3600
            provider.scopes = ["openid", "email"]
        }
        let visit = try await federation.begin()
        #expect(visit.parameters["response_mode"] == "form_post" && visit.parameters["prompt"] == "select_account")
        #expect(visit.parameters["max_age"] == "3600" && visit.parameters["scope"] == "openid+email")
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == .authenticationTooOld)
    }

    @Test func `a valid response opens a session`() async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        guard case .signedIn(let session, _, _, let returnTo) = try await federation.finish(visit) else {
            Issue.record("nobody was signed in")
            return
        }
        #expect(returnTo == "/notes")
        #expect(session.record.authenticationMethods == ["fed"])
        #expect(session.subject.id.value != "ada")
        #expect(federation.upstream.endpoints == [.metadata, .token, .keys])
        let request = try #require(federation.upstream.requests.first { $0.endpoint == .token })
        let form = try #require(request.form)
        #expect(form.hasPrefix("grant_type=authorization_code&code=c-1&redirect_uri=https%3A%2F%2Fid.example%2Flogin"))
        // The verifier is the one of the challenge.
        let verifier = try #require(form.split(separator: "=").last)
        let challenge = Base64URL.encode(SHA256.hash(data: Data(verifier.utf8)))
        #expect(challenge == visit.parameters["code_challenge"])
    }

    @Test func `the same person is the same subject, by issuer and sub`() async throws {
        let first = try await federation.signIn()
        let second = try await federation.signIn()
        let other = try await federation.signIn(sub: "eve", more: #","email":"ada@op.example""#)
        #expect(first.session.subject.id == second.session.subject.id)
        #expect(other.session.subject.id != first.session.subject.id)
    }

    /// Each response is judged before the code is sent.
    @Test(arguments: [
        ("state=STATE", FederationRefusal.codeMissing), ("code=&state=STATE", .codeMissing),
        ("code=c&state=STATE&iss=https://evil.example", .responseIssuerWrong),
        ("code=c&state=STATE&iss=https://op.example/", .responseIssuerWrong),
        ("error=access_denied&state=STATE", .cancelled), ("error=user_cancelled_authorize&state=STATE", .cancelled),
        ("error=server_error&state=STATE", .providerError), ("error=access_denied&code=c&state=STATE", .cancelled),
        ("error=access_denied&state=STATE&iss=https://evil.example", .responseIssuerWrong),
        ("code=c&state=STATE&id_token=x", .responseUnexpected),
        ("code=c&state=STATE&access_token=x", .responseUnexpected),
        ("code=c&state=STATE&response=x", .responseUnexpected), ("code=c", .attemptMissing),
        ("code=c&state=x", .attemptMissing),
        ("code=c&state=\(String(repeating: "A", count: 43))", .attemptMissing),
        ("code=c&state=STAT", .attemptMissing),
    ])
    func `a hostile response sends no request`(query: String, expected: FederationRefusal) async throws {
        let visit = try await federation.begin()
        federation.upstream.forgetRequests()
        let query = query.replacingOccurrences(of: "STATE", with: visit.state)
        #expect(try await federation.refusal(visit, query: query) == expected)
        #expect(federation.upstream.requests.isEmpty)
        #expect(try await federation.sessionCount() == 0)
    }

    /// ensure-authorization-response-with-invalid-state-fails: the cookie's `state` is compared, not only decrypted.
    @Test func `a state with the same beginning is another state`() async throws {
        let visit = try await federation.begin()
        let last = try #require(visit.state.dropLast().last)
        let changed = visit.state.dropLast(2) + (last == "A" ? "B" : "A") + visit.state.suffix(1)
        #expect(try await federation.refusal(visit, query: "code=c&state=\(changed)") == .attemptMissing)
        #expect(!federation.upstream.endpoints.contains(.token))
    }

    /// remove-authorization-response-iss
    @Test func `iss is needed where the metadata promises it`() async throws {
        federation.upstream.on(
            .metadata,
            TestProvider.metadata.changing(
                #"{"issuer""#, to: #"{"authorization_response_iss_parameter_supported":true,"issuer""#))
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == .responseIssuerMissing)
        #expect(
            try await federation.refusal(visit, query: "error=access_denied&state=\(visit.state)")
                == .responseIssuerMissing)
        #expect(federation.upstream.endpoints == [.metadata])
        let next = try await federation.begin()
        try federation.grant(federation.claims(next))
        #expect(try await federation.refusal(next, query: "code=c&state=\(next.state)&iss=https://op.example") == nil)
    }

    @Test func `an attempt is over after its time`() async throws {
        let visit = try await federation.begin()
        federation.core.clock.advance(seconds: 599)
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == nil)
        let late = try await federation.begin()
        federation.core.clock.advance(seconds: 600)
        #expect(try await federation.refusal(late) == .attemptExpired)
    }

    static let tokenAnswers: [(Int, String?, String, FederationRefusal)] = [
        (400, "application/json", #"{"error":"invalid_grant"}"#, .tokenRequestRefused),
        (401, "text/html", "no", .tokenRequestRefused), (403, nil, "", .tokenRequestRefused),
        (500, "application/json", "{}", .providerUnavailable), (503, nil, "", .providerUnavailable),
        (429, nil, "", .providerUnavailable), (302, nil, "", .tokenResponseMalformed),
        (307, "application/json", "{}", .tokenResponseMalformed),
        (201, "application/json", "OK", .tokenResponseMalformed),
        (200, "text/html", "OK", .tokenResponseMalformed), (200, nil, "OK", .tokenResponseMalformed),
        (200, "application/jsonp", "OK", .tokenResponseMalformed),
        (200, "application/json", "", .tokenResponseMalformed),
        (200, "application/json", "[]", .tokenResponseMalformed),
        (200, "application/json", "null", .tokenResponseMalformed),
        (200, "application/json", #"{"access_token":"a","token_type":"Bearer"}"#, .idTokenMissing),
        (200, "application/json", #"{"access_token":"a","token_type":"Bearer","id_token":7}"#, .tokenResponseMalformed),
        (
            200, "application/json", #"{"access_token":"a","token_type":"Bearer","id_token":null}"#,
            .tokenResponseMalformed
        ),
        (200, "application/json", #"{"token_type":"Bearer","id_token":"x"}"#, .tokenResponseMalformed),
        (
            200, "application/json", #"{"access_token":"","token_type":"Bearer","id_token":"x"}"#,
            .tokenResponseMalformed
        ),
        (200, "application/json", #"{"access_token":7,"token_type":"Bearer","id_token":"x"}"#, .tokenResponseMalformed),
        (200, "application/json", #"{"access_token":"a","id_token":"x"}"#, .tokenResponseMalformed),
        (200, "application/json", #"{"access_token":"a","token_type":"mac","id_token":"x"}"#, .tokenTypeWrong),
        (200, "application/json", #"{"access_token":"a","token_type":"DPoP","id_token":"x"}"#, .tokenTypeWrong),
        (200, "application/json", #"{"access_token":"a","token_type":7,"id_token":"x"}"#, .tokenResponseMalformed),
        (
            200, "application/json", #"{"access_token":"a","token_type":"Bearer","id_token":"x","id_token":"y"}"#,
            .tokenResponseMalformed
        ),
        (200, "application/json", #"{"access_token":"a","token_type":"Bearer","id_token":"x"}"#, .tokenMalformed),
        (200, "application/json", #"{"access_token":"a","token_type":"Bearer","id_token":""}"#, .tokenMalformed),
    ]

    /// The code is sent once, also when the response is refused.
    @Test(arguments: tokenAnswers)
    func `a hostile token response is refused`(
        status: Int, type: String?, body: String, expected: FederationRefusal
    ) async throws {
        let visit = try await federation.begin()
        federation.upstream.on(.token, status: status, type: type, body)
        #expect(try await federation.refusal(visit) == expected)
        #expect(federation.upstream.endpoints == [.metadata, .token])
        #expect(try await federation.sessionCount() == 0)
    }

    /// token-type-case-insensitivity, token-endpoint-response-without-expires_in
    @Test(arguments: ["bearer", "BEARER", "Bearer"])
    func `the token type has any case`(type: String) async throws {
        let visit = try await federation.begin()
        let token = try federation.op.sign(federation.claims(visit))
        federation.upstream.on(
            .token, type: "application/json; charset=utf-8",
            #"{"access_token":"a","token_type":"\#(type)","id_token":"\#(token)","expires_in":"3600"}"#)
        #expect(try await federation.refusal(visit) == nil)
    }

    @Test(arguments: [
        (#""iss":"https://op.example""#, #""iss":"https://evil.example""#, FederationRefusal.tokenIssuerWrong, false),
        (#""aud":"heirloom""#, #""aud":"other""#, .tokenAudienceWrong, true),
        (#""sub":"ada","#, "", .tokenSubjectWrong, true), (#""nonce":""#, #""nonce":"x"#, .tokenNonceWrong, true),
    ])
    func `a token that fails a check opens nothing`(
        old: String, new: String, expected: FederationRefusal, needsKeys: Bool
    ) async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit).changing(old, to: new))
        #expect(try await federation.refusal(visit) == expected)
        #expect(federation.upstream.endpoints == [.metadata, .token] + (needsKeys ? [.keys] : []))
        #expect(try await federation.sessionCount() == 0)
    }

    /// The second visit's token in answer to the first one's code.
    @Test func `a token of another attempt is refused`() async throws {
        let (first, second) = (try await federation.begin(), try await federation.begin())
        try federation.grant(federation.claims(second))
        #expect(try await federation.refusal(first) == .tokenNonceWrong)
    }

    @Test func `a refusal is written to the audit trail, and nothing of the provider's`() async throws {
        let visit = try await federation.begin()
        federation.upstream.on(.token, status: 400, #"{"error":"invalid_grant","error_description":"secret-text"}"#)
        _ = try await federation.refusal(visit)
        let events = try await federation.core.sessions.events(of: nil, limit: 10)
        #expect(events.map(\.kind) == [.loginFailed])
        #expect(events.first?.detail == "op: token_request_refused")
    }

    @Test func `several attempts of one browser do not disturb each other`() async throws {
        let (first, second) = (try await federation.begin(), try await federation.begin())
        let both = first.cookies.merging(second.cookies) { first, _ in first }
        #expect(both.count == 2)
        for visit in [second, first] {
            try federation.grant(federation.claims(visit))
            let browser = TestFederation.Visit(cookies: both, parameters: visit.parameters)
            #expect(try await federation.refusal(browser) == nil)
        }
    }
}
