import Federation
import SessionEngine
import StrictCoding
import Testing
import TokenCore
import TokenTesting

/// Who may sign in.
struct PolicyTests {
    private func requiring(_ json: String) throws -> Requirements {
        try #require(Requirements(try JSONReader.read(Array(json.utf8))))
    }

    @Test func `only known identities sign in where nobody may sign up`() async throws {
        let federation = TestFederation { $0.signUp = .known }
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == .identityUnknown)
        #expect(try await federation.sessionCount() == 0)
        let user = try await federation.core.createUser("ada")
        let identity = try #require(Identity(issuer: TestProvider.issuer, providerSubject: "ada"))
        _ = try await federation.core.identities.link(identity, by: .administrator(of: user.id))
        let (session, _) = try await federation.signIn()
        #expect(session.subject.id == user.id)
    }

    @Test func `a required claim must have an allowed value`() async throws {
        let requirements = try requiring(#"{"hd":["example.com"]}"#)
        let federation = TestFederation { $0.requirements = requirements }
        for (more, expected) in [
            (#","hd":"example.com""#, nil), (#","hd":"evil.example""#, FederationRefusal.requirementUnmet),
        ] {
            let visit = try await federation.begin()
            try federation.grant(federation.claims(visit, more: more))
            #expect(try await federation.refusal(visit) == expected)
        }
        #expect(!federation.upstream.endpoints.contains(.userInfo))
    }

    /// scope-userinfo-claims, userinfo-invalid-sub
    @Test(arguments: [
        (200, "application/json", #"{"sub":"ada","hd":"example.com"}"#, nil),
        (200, "application/json", #"{"sub":"ada"}"#, FederationRefusal.requirementUnmet),
        (200, "application/json", #"{"sub":"eve","hd":"example.com"}"#, .userInfoSubjectWrong),
        (200, "application/json", #"{"hd":"example.com"}"#, .userInfoSubjectWrong),
        (200, "application/json", #"{"sub":"ada","hd":"example.com","hd":"x"}"#, .userInfoMalformed),
        (200, "application/jwt", #"{"sub":"ada","hd":"example.com"}"#, .userInfoMalformed),
        (302, "application/json", "{}", .userInfoMalformed), (401, "application/json", "{}", .userInfoMalformed),
        (503, "application/json", "{}", .providerUnavailable),
    ])
    func `a claim that the token lacks is asked for`(
        status: Int, type: String, body: String, expected: FederationRefusal?
    ) async throws {
        let requirements = try requiring(#"{"hd":["example.com"]}"#)
        let federation = TestFederation { $0.requirements = requirements }
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        federation.upstream.on(.userInfo, status: status, type: type, body)
        #expect(try await federation.refusal(visit) == expected)
        let request = try #require(federation.upstream.requests.first { $0.endpoint == .userInfo })
        #expect(request.headers.contains { $0.name == "Authorization" && $0.value == "Bearer access" })
        #expect(try await federation.sessionCount() == (expected == nil ? 1 : 0))
    }

    @Test func `a signed claim is not replaced`() async throws {
        let requirements = try requiring(#"{"hd":["example.com"],"level":[3]}"#)
        let federation = TestFederation { $0.requirements = requirements }
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit, more: #","level":1"#))
        federation.upstream.on(.userInfo, #"{"sub":"ada","hd":"example.com","level":3}"#)
        #expect(try await federation.refusal(visit) == .requirementUnmet)
    }

    @Test func `a disabled person is refused, and a deleted one does not come back`() async throws {
        let federation = TestFederation()
        let (session, _) = try await federation.signIn()
        for state in [SubjectRecord.State.disabled, .deleted] {
            _ = try await federation.core.submit(SetUserState(of: session.subject.id, to: state))
            let visit = try await federation.begin()
            try federation.grant(federation.claims(visit))
            #expect(try await federation.refusal(visit) == .subjectNotActive)
        }
        #expect(try await federation.sessionCount() == 0)
    }
}
