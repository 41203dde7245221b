import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let identityPromises = [
        Promise("creates a subject for a new person and finds it again") {
            try await $0.createsASubjectForANewPerson()
        },
        Promise("signs in once by an attempt") { try await $0.signsInOnceByAnAttempt() },
        Promise("creates one subject when a new person signs in twice at once") {
            try await $0.createsOneSubjectInABatch()
        },
        Promise("keeps the identity of a deleted subject until it is removed") { try await $0.keepsTombstones() },
        Promise("links an identity to one subject only") { try await $0.linksAnIdentityToOneSubject() },
        Promise("never removes the last way to sign in") { try await $0.keepsTheLastWayToSignIn() },
        Promise("lets an owner change the ways to sign in while the authentication is fresh") {
            try await $0.requiresAFreshAuthentication()
        },
        Promise("lists users without a name after those with one") { try await $0.listsUsersWithoutAName() },
    ]

    static func identity(_ subject: String, issuer: String = "https://accounts.example") throws -> Identity {
        try #require(Identity(issuer: issuer, providerSubject: subject))
    }

    /// An attempt that was not used before.
    static func attempt(_ service: TestService) -> UsedOnce {
        let id = (service.entropy.bytes() as RandomBytes<16>).bytes.map { "\($0)" }.joined(separator: ".")
        return .attempt(id, createdAt: service.clock.now.seconds, forgottenAfter: 120)
    }

    private func createsASubjectForANewPerson() async throws {
        let store = try makeStore()
        let service = TestService(store: store, policy: RotationPolicy(absoluteLifetimeSeconds: 100))
        let identity = try Self.identity("1 a")
        let address = Device(address: "192.0.2.1")
        let first = try await service.signIn(identity, device: address)
        let subject = try #require(await store.subject(first.session.subject.id))
        #expect(Session.Subject(subject) == first.session.subject)
        #expect(subject.state == .active && subject.expiresAt == nil)
        #expect(subject.account == SubjectRecord.Account())
        #expect(first.session.record.authenticationMethods == ["fed"] && first.session.isOpen)
        #expect(try await store.session(first.session.id) == first.session)
        #expect(UUIDv7(subject.id.value) != nil)
        var record = IdentityRecord(
            identity: identity, subject: subject.id, createdAt: service.clock.now, lastUsedAt: service.clock.now)
        #expect(try await store.identity(identity.id) == record)
        #expect(try await store.identities(of: subject.id, limit: 9) == [record])
        let events = try await store.events(of: subject.id, limit: 9)
        #expect(events.map(\.kind) == [.login, .userCreated] && events.map(\.detail) == ["op", "op"])
        #expect(events.allSatisfy { $0.address == "192.0.2.1" })

        service.clock.advance(seconds: 5)
        let second = try await service.signIn(identity, signUp: .known)
        #expect(second.session.subject.id == subject.id && second.session.id != first.session.id)
        record.lastUsedAt = service.clock.now
        #expect(try await store.identity(identity.id) == record)
        // Issuer and subject are compared together, each by its bytes.
        for other in [
            try Self.identity("1 A"), try Self.identity("a", issuer: "https://accounts.example/1"),
            try Self.identity("1 a", issuer: "https://accounts.example/"),
        ] {
            #expect(try await service.signIn(other).session.subject.id != subject.id)
        }
        // The subject outlives its sessions.
        service.clock.advance(seconds: 1000)
        for _ in 0..<3 { try await service.submit(Sweep(limit: 10)) }
        #expect(try await store.session(second.session.id) == nil)
        let third = try await service.signIn(identity, signUp: .known)
        #expect(third.session.subject.id == subject.id)
        #expect(try await store.subject(subject.id)?.openSessions == 1)
    }

    private func signsInOnceByAnAttempt() async throws {
        let service = TestService(store: try makeStore())
        let attempt = Self.attempt(service)
        let identity = try Self.identity("ada")
        let command = service.signInCommand(identity, use: attempt)
        guard case .opened(let session, _, _) = try await service.submit(command) else { throw TestService.Refused() }
        guard case .used = try await service.submit(command) else { throw TestService.Refused() }
        // A refused sign-in uses it too.
        let other = Self.attempt(service)
        let stranger = try Self.identity("stranger")
        for (signUp, isUsed) in [(SignInByIdentity.SignUp.known, false), (.automatic, true)] {
            let command = service.signInCommand(stranger, use: other, signUp: signUp)
            switch try await service.submit(command) {
            case .unknownIdentity: #expect(!isUsed)
            case .used: #expect(isUsed)
            default: throw TestService.Refused()
            }
        }
        #expect(try await service.store.identity(stranger.id) == nil)
        let failed = try await service.store.events(of: nil, limit: 1)
        #expect(failed.map(\.kind) == [.loginFailed] && failed[0].subject == nil && failed[0].detail == "op")
        // An unknown client uses nothing.
        let third = Self.attempt(service)
        let unknown = service.signInCommand(identity, use: third, client: ClientID("nobody"))
        guard case .unknownClient = try await service.submit(unknown) else { throw TestService.Refused() }
        guard case .opened(let again, _, _) = try await service.submit(service.signInCommand(identity, use: third))
        else { throw TestService.Refused() }
        #expect(again.subject.id == session.subject.id)
    }

    private func createsOneSubjectInABatch() async throws {
        let service = TestService(store: try makeStore())
        let identity = try Self.identity("ada")
        let outcomes = try service.apply((0..<3).map { _ in service.signInCommand(identity) })
        let sessions = outcomes.compactMap { if case .opened(let session, _, _) = $0 { session } else { nil } }
        #expect(sessions.count == 3 && Set(sessions.map(\.subject.id)).count == 1)
        let subject = try #require(await service.store.subject(sessions[0].subject.id))
        #expect(subject.openSessions == 3)
        #expect(try await service.store.usersWithoutName(after: nil, limit: 9) == [subject])
        // Linked, removed and linked to another one in one transaction.
        let bob = try await service.createUser("bob")
        let other = try Self.identity("other")
        try service.transaction { transaction in
            _ = try transaction.link(other, to: bob.id, address: nil)
            _ = try UnlinkIdentity(other.id, by: .administrator(of: bob.id)).apply(to: &transaction)
            _ = try transaction.link(other, to: subject.id, address: nil)
        }
        #expect(try await service.store.identity(other.id)?.subject == subject.id)
        try service.transaction(prefetching: keys(bob.id, subject.id, identities: other, identity)) { transaction in
            let unlink = UnlinkIdentity(other.id, by: .administrator(of: subject.id))
            let known = try #require(try transaction.identity(other.id))
            #expect(try unlink.apply(to: &transaction) == .unlinked(known))
            _ = try transaction.link(other, to: bob.id, address: nil)
            let last = UnlinkIdentity(identity.id, by: .administrator(of: subject.id))
            #expect(try last.apply(to: &transaction) == .lastWay)
        }
        #expect(try await service.store.identities(of: bob.id, limit: 9).map(\.identity) == [other])
        #expect(try await service.store.identities(of: subject.id, limit: 9).map(\.identity) == [identity])
    }

    private func keys(_ subjects: SubjectID..., identities: Identity...) -> RowKeys {
        var keys = RowKeys()
        keys.subjects.formUnion(subjects)
        keys.identities.formUnion(identities.map(\.id))
        return keys
    }

    private func keepsTombstones() async throws {
        let service = TestService(store: try makeStore(), policy: RotationPolicy(absoluteLifetimeSeconds: 100))
        let identity = try Self.identity("ada")
        let (session, token) = try await service.signIn(identity)
        let id = session.subject.id
        func isNotAllowed() async throws -> Bool {
            guard case .notAllowed = try await service.submit(service.signInCommand(identity)) else { return false }
            let event = try await service.store.events(of: id, limit: 1)
            return event.map(\.kind) == [.loginFailed]
        }
        try await service.submit(SetUserState(of: id, to: .disabled))
        #expect(try await isNotAllowed())
        #expect(try await service.refusal(of: token) == .revoked)
        try await service.submit(SetUserState(of: id, to: .active))
        #expect(try await service.signIn(identity).session.subject.id == id)
        try await service.submit(SetUserState(of: id, to: .deleted))
        #expect(try await isNotAllowed())
        service.clock.advance(seconds: 10_000)
        for _ in 0..<3 { try await service.submit(Sweep(limit: 10)) }
        #expect(try await service.store.subject(id) == nil)
        #expect(try await isNotAllowed())
        #expect(try await service.store.identities(of: id, limit: 9).map(\.identity) == [identity])
        let bob = try await service.createUser("bob")
        let link = LinkIdentity(identity, by: .administrator(of: bob.id))
        #expect(try await service.submit(link) == .linkedToAnother(id))
        // The id of a deleted subject names no user.
        let other = LinkIdentity(try Self.identity("other"), by: .administrator(of: id))
        #expect(try await service.submit(other) == .notFound)
        guard case .unlinked = try await service.submit(UnlinkIdentity(identity.id, by: .administrator(of: id))) else {
            throw TestService.Refused()
        }
        #expect(try await service.signIn(identity).session.subject.id != id)
    }

    private func linksAnIdentityToOneSubject() async throws {
        let service = TestService(store: try makeStore())
        let (ada, bob) = (try await service.createUser("ada"), try await service.createUser("bob"))
        let identity = try Self.identity("a")
        func link(_ identity: Identity, to user: SubjectRecord) async throws -> LinkIdentity.Outcome {
            try await service.submit(LinkIdentity(identity, by: .administrator(of: user.id), address: "192.0.2.1"))
        }
        let record = IdentityRecord(identity: identity, subject: ada.id, createdAt: service.clock.now)
        #expect(try await link(identity, to: ada) == .linked(record))
        service.clock.advance(seconds: 1)
        #expect(try await link(identity, to: ada) == .linked(record))
        #expect(try await link(identity, to: bob) == .linkedToAnother(ada.id))
        let events = try await service.store.events(of: ada.id, limit: 9)
        #expect(events.map(\.kind) == [.identityLinked, .userCreated])
        #expect(events[0].detail == "https://accounts.example" && events[0].address == "192.0.2.1")
        #expect(try await service.signIn(identity, signUp: .known).session.subject.id == ada.id)
        // An outside subject cannot have one.
        let outside = try #require(await service.store.subject(service.open("somebody").session.subject.id))
        #expect(try await link(try Self.identity("b"), to: outside) == .notFound)
        // The oldest first, and not without end.
        var linked = [identity]
        for number in 1..<IdentityRecord.maximumPerSubject {
            service.clock.advance(seconds: 1)
            linked.append(try Self.identity("\(number)"))
            guard case .linked = try await link(linked[number], to: ada) else { throw TestService.Refused() }
        }
        #expect(try await link(try Self.identity("one more"), to: ada) == .tooMany)
        #expect(try await service.store.identities(of: ada.id, limit: 99).map(\.identity) == linked)
        #expect(try await service.store.identities(of: ada.id, limit: 2).map(\.identity) == Array(linked.prefix(2)))
        #expect(try await service.store.identities(of: bob.id, limit: 2).isEmpty)
        guard let reopen else { return }
        #expect(try await reopen().identities(of: ada.id, limit: 99).count == linked.count)
    }

    private func keepsTheLastWayToSignIn() async throws {
        let service = TestService(store: try makeStore())
        let (first, second) = (try Self.identity("1"), try Self.identity("2"))
        let person = try await service.signIn(first).session.subject.id
        func unlink(_ identity: Identity, of subject: SubjectID) async throws -> UnlinkIdentity.Outcome {
            try await service.submit(UnlinkIdentity(identity.id, by: .administrator(of: subject)))
        }
        #expect(try await unlink(first, of: person) == .lastWay)
        #expect(try await unlink(second, of: person) == .notFound)
        try await service.submit(LinkIdentity(second, by: .administrator(of: person)))
        // Another subject's identity is not found.
        let ada = try await service.createUser("ada")
        #expect(try await unlink(second, of: ada.id) == .notFound)
        guard case .unlinked(let record) = try await unlink(first, of: person) else { throw TestService.Refused() }
        #expect(record.identity == first)
        #expect(try await service.store.events(of: person, limit: 1).map(\.kind) == [.identityUnlinked])
        #expect(try await unlink(second, of: person) == .lastWay)
        // A password is of no use without a name.
        try await service.submit(ChangePassword(by: .administrator(person), to: PasswordHash(phc: "$x")))
        #expect(try await unlink(second, of: person) == .lastWay)
        let keys = UsernameKeys(exact: "grace", folded: "grace")
        guard case .renamed(let named) = try await service.submit(RenameUser(person, to: "Grace", keys: keys)) else {
            throw TestService.Refused()
        }
        #expect(try await service.store.subjects(named: keys) == [named] && named.displayName == "Grace")
        guard case .unlinked = try await unlink(second, of: person) else { throw TestService.Refused() }
        #expect(try await service.store.identities(of: person, limit: 9).isEmpty)
    }

    private func requiresAFreshAuthentication() async throws {
        let service = TestService(store: try makeStore())
        let ada = try await service.createUser("ada")
        let (first, second) = (try Self.identity("1"), try Self.identity("2"))
        func link(_ identity: Identity, as session: SessionID) async throws -> LinkIdentity.Outcome {
            let attempt = Self.attempt(service)
            return try await service.submit(LinkIdentity(identity, by: .owner(session, attempt: attempt)))
        }
        func unlink(_ identity: Identity, as session: SessionID) async throws -> UnlinkIdentity.Outcome {
            try await service.submit(UnlinkIdentity(identity.id, by: .owner(session)))
        }
        let session = try await service.login(ada).session
        #expect(session.record.isAuthenticatedHere)
        #expect(try await service.store.session(session.id) == session)
        guard case .linked = try await link(first, as: session.id) else { throw TestService.Refused() }
        // A provider's word counts when it was asked to authenticate anew, a back-end's never does.
        let fresh = try await service.signIn(first, isFresh: true).session
        let usual = try await service.signIn(first).session
        guard
            case .opened(let vouched, _, _) = try await service.sessions.open(
                ada.id, evidence: .vouched(by: .web), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["pwd"], authenticatedAt: service.clock.now)
        else { throw TestService.Refused() }
        for session in [usual, vouched] {
            #expect(try await link(second, as: session.id) == .notFresh)
            #expect(try await unlink(first, as: session.id) == .notFresh)
        }
        let attempt = Self.attempt(service)
        let command = LinkIdentity(second, by: .owner(fresh.id, attempt: attempt))
        guard case .linked(let linked) = try await service.submit(command) else { throw TestService.Refused() }
        #expect(linked.subject == ada.id)
        #expect(try await service.submit(command) == .used)
        service.clock.advance(seconds: 299.999)
        #expect(try await unlink(second, as: session.id) == .unlinked(linked))
        service.clock.advance(seconds: 0.001)
        #expect(try await unlink(first, as: session.id) == .notFresh)
        try await service.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        #expect(try await unlink(first, as: session.id) == .refused(.revoked))
        #expect(try await link(second, as: session.id) == .refused(.revoked))
    }

    private func listsUsersWithoutAName() async throws {
        let service = TestService(store: try makeStore())
        for name in ["b", "a"] { _ = try await service.createUser(name) }
        var nameless: [SubjectID] = []
        for number in 0..<3 {
            service.clock.advance(seconds: 1)
            nameless.append(try await service.signIn(Self.identity("\(number)")).session.subject.id)
        }
        _ = try await service.open("outside")
        let store = service.store
        #expect(try await store.users(after: "", limit: 9).map(\.displayName) == ["a", "b"])
        #expect(try await store.usersWithoutName(after: nil, limit: 9).map(\.id) == nameless)
        #expect(try await store.usersWithoutName(after: nil, limit: 2).map(\.id) == Array(nameless.prefix(2)))
        #expect(try await store.usersWithoutName(after: nameless[0], limit: 9).map(\.id) == Array(nameless.dropFirst()))
        #expect(try await store.usersWithoutFoldedName(limit: 9).allSatisfy { $0.account?.username != nil })
        try await service.submit(SetUserState(of: nameless[1], to: .deleted))
        let keys = UsernameKeys(exact: "c", folded: "c")
        _ = try await service.submit(RenameUser(nameless[2], to: "c", keys: keys))
        #expect(try await store.usersWithoutName(after: nil, limit: 9).map(\.id) == [nameless[0]])
        #expect(try await store.users(after: "b", limit: 9).map(\.id) == [nameless[2]])
        let event = try await store.events(of: nameless[2], limit: 1)
        #expect(event.map(\.kind) == [.userRenamed] && event[0].detail == nil)
    }
}
