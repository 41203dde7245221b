import Federation
import SessionEngine
import Testing
import TokenCore
import TokenTesting

/// A signed-in person who adds an identity.
struct LinkingTests {
    let federation = TestFederation()

    private func user() async throws -> (session: Session, token: RefreshToken) {
        try await federation.core.login(try await federation.core.createUser("ada"))
    }

    @Test func `an identity is linked to the person of the session`() async throws {
        let (session, _) = try await user()
        let visit = try await federation.begin(.link(session.id), returnTo: nil)
        try federation.grant(federation.claims(visit))
        guard case .linked(nil) = try await federation.finish(visit, session: session) else {
            Issue.record("the identity was not linked")
            return
        }
        let identities = try await federation.core.identities.identities(of: session.subject.id)
        #expect(identities.map(\.identity.providerSubject) == ["ada"])
        // From now on it signs in.
        let (opened, _) = try await federation.signIn()
        #expect(opened.subject.id == session.subject.id)
        // Linking opened no session and ended none.
        #expect(try await federation.sessionCount() == 2)
    }

    @Test func `another browser cannot finish it`() async throws {
        let (session, _) = try await user()
        let (other, _) = try await federation.signIn(sub: "eve")
        let visit = try await federation.begin(.link(session.id))
        try federation.grant(federation.claims(visit))
        federation.upstream.forgetRequests()
        #expect(try await federation.refusal(visit, session: other) == .notFresh)
        #expect(try await federation.refusal(visit) == .notFresh)
        #expect(federation.upstream.requests.isEmpty)
        #expect(try await federation.core.identities.identities(of: session.subject.id).isEmpty)
    }

    @Test func `an old authentication does not link`() async throws {
        let (session, _) = try await user()
        let visit = try await federation.begin(.link(session.id))
        federation.core.clock.advance(seconds: 300)
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit, session: session) == .notFresh)
        // Nor does a sign-in by a provider that was not asked to authenticate anew.
        let (opened, _) = try await federation.signIn(sub: "eve")
        let next = try await federation.begin(.link(opened.id))
        try federation.grant(federation.claims(next, sub: "mallory"))
        #expect(try await federation.refusal(next, session: opened) == .notFresh)
    }

    @Test func `a sign-in with max_age=0 is a fresh authentication`() async throws {
        let visit = try await federation.begin(.signIn(client: .web, scope: .none, isRemembered: true, isFresh: true))
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == .authenticationTooOld)
        let again = try await federation.begin(.signIn(client: .web, scope: .none, isRemembered: true, isFresh: true))
        try federation.grant(federation.claims(again, more: #","auth_time":\#(TestProvider.now)"#))
        guard case .signedIn(let session, _, _, _) = try await federation.finish(again) else {
            Issue.record("nobody was signed in")
            return
        }
        let link = try await federation.begin(.link(session.id))
        try federation.grant(federation.claims(link, sub: "second"))
        #expect(try await federation.refusal(link, session: session) == nil)
    }

    @Test func `an identity of somebody else is not taken over`() async throws {
        let (owner, _) = try await federation.signIn()
        let (session, _) = try await user()
        let visit = try await federation.begin(.link(session.id))
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit, session: session) == .linkedElsewhere)
        #expect(try await federation.core.identities.identities(of: owner.subject.id).count == 1)
    }
}
