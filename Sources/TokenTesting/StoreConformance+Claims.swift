import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let claimsPromises = [
        Promise("keeps the claims of subjects and sessions") { try await $0.keepsClaims() },
        Promise("keeps an outside subject as long as it has claims") { try await $0.keepsOutsideSubjectsWithClaims() },
        Promise("publishes claims that change at once") { try await $0.publishesClaimsThatChangeAtOnce() },
    ]

    private func claims(_ text: String) throws -> Claims { try #require(Claims(stored: text)) }

    private func keepsClaims() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let own = try claims(#"{"role":"user","\u0000":"é\u0000"}"#)
        let vouched = try claims(#"{"role":"admin","tenant":7}"#)
        let outcome = try await service.sessions.open(
            user.id, evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: ["fed"], claims: vouched)
        guard case .opened(let session, let token, _) = outcome else { throw TestService.Refused() }
        #expect(session.claims == vouched && session.record.claims == vouched)
        #expect(try await service.submit(SetClaims(of: .user(user.id), to: own)) != .notFound)
        let stored = try #require(try await service.store.session(session.id))
        #expect(stored.record.claims == vouched && stored.subject.claims == own)
        let merged = try claims(#"{"role":"user","\u0000":"é\u0000","tenant":7}"#)
        #expect(stored.claims == merged)
        // A change of the subject's row and a rotation keep them, and the end of the session too.
        try await service.submit(UnlockUser(user.id))
        #expect(try await service.rotate(token) != nil)
        try await service.submit(EndSession(session.id, by: .administrator, reason: .endedByAdministrator))
        #expect(try await service.store.session(session.id)?.claims == merged)
        try await service.submit(SetClaims(of: .user(user.id), to: nil))
        #expect(try await service.store.session(session.id)?.claims == vouched)
        #expect(try await service.store.events(of: user.id, limit: 1).map(\.kind) == [.claimsChanged])
        #expect(try await service.store.revocations(after: 0, limit: 9).entries.count == 1)

        try await service.submit(SetClaims(of: .user(user.id), to: own))
        try await service.submit(SetUserState(of: user.id, to: .deleted))
        #expect(try await service.store.subject(user.id)?.claims == nil)
        #expect(try await service.submit(SetClaims(of: .any(user.id), to: own)) == .notFound)
        #expect(try await service.submit(SetClaims(of: .user(SubjectID("nobody")), to: own)) == .notFound)
    }

    private func keepsOutsideSubjectsWithClaims() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let service = TestService(store: try makeStore(), policy: policy)
        let ada = SubjectID("ada")
        let role = try claims(#"{"role":"user"}"#)
        // Before its first session.
        #expect(try await service.submit(SetClaims(of: .any(ada), to: nil)) == .notFound)
        for name in ["client:api", "", "a b", String(repeating: "x", count: 256)] {
            #expect(try await service.submit(SetClaims(of: .any(SubjectID(name)), to: role)) == .notFound)
        }
        try await service.submit(SetClaims(of: .any(ada), to: role))
        #expect(try await service.open("ada").session.claims == role)
        service.clock.advance(seconds: 101)
        for _ in 0..<3 { try await service.submit(Sweep(limit: 9)) }
        #expect(try await service.open("ada").session.claims == role)
        try await service.submit(SetClaims(of: .any(ada), to: nil))
        #expect(try await service.open("ada").session.claims == nil)
        service.clock.advance(seconds: 201)
        for _ in 0..<3 { try await service.submit(Sweep(limit: 9)) }
        #expect(try await service.store.subject(ada) == nil)
    }

    /// The tokens that are out have the time of their issue in whole seconds.
    private func publishesClaimsThatChangeAtOnce() async throws {
        let service = TestService(store: try makeStore())
        let start = service.clock.now.seconds
        let (session, token) = try await service.open("ada")
        var last = session.issueTime(at: service.clock.now)
        for change in 1...3 {
            let role = try claims(#"{"change":\#(change)}"#)
            try await service.submit(SetClaims(of: .any(SubjectID("ada")), to: role, isImmediate: true))
            let entry = try #require(try await service.store.revocations(after: change - 1, limit: 9).entries.first)
            guard case .claims(SubjectID("ada"), issuedBefore: let before) = entry.target else {
                Issue.record("\(entry)")
                return
            }
            #expect(last < before.seconds && before.milliseconds % 1000 == 0)
            #expect(entry.until >= service.clock.now + 600)
            // A node whose clock is slow issues none before it either.
            service.clock.advance(seconds: -0.3)
            let stored = try #require(try await service.store.session(session.id))
            #expect(stored.isOpen && stored.claims == role)
            last = stored.issueTime(at: service.clock.now)
            #expect(last >= before.seconds && last <= start + change)
        }
        #expect(try await service.rotate(token) != nil)
        service.clock.advance(seconds: 100)
        let now = service.clock.now
        #expect(try await service.store.session(session.id)?.issueTime(at: now) == now.seconds)
    }
}
