import PostgresStore
import SessionEngine
import Testing
import TokenCore
import TokenTesting

/// Sign-ins by identities on several nodes of one database.
struct ManyNodesIdentitiesTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    private func nodes(_ count: Int) throws -> [TestService] {
        try (0..<count).map { try TestService(store: database.open(), seed: UInt64($0 + 1)) }
    }

    private func all<Value: Sendable>(
        _ nodes: [TestService], times: Int, _ body: @escaping @Sendable (TestService, Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<times { for node in nodes { group.addTask { try await body(node, index) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func identity(_ subject: String) throws -> Identity {
        try #require(Identity(issuer: "https://op.example", providerSubject: subject))
    }

    @Test func `a new person who signs in on all nodes at once becomes one subject`() async throws {
        let nodes = try nodes(3)
        for round in 0..<20 {
            let identity = try identity("\(round)")
            let subjects = try await all(nodes, times: 2) { node, _ in
                try await node.signIn(identity).session.subject.id
            }
            #expect(subjects.count == 6 && Set(subjects).count == 1)
            #expect(try await nodes[0].store.subject(subjects[0])?.openSessions == 6)
            #expect(try await nodes[1].store.identity(identity.id)?.subject == subjects[0])
        }
        let users = try await nodes[2].store.usersWithoutName(after: nil, limit: 99)
        #expect(users.count == 20)
        let created = EventQuery(kind: .userCreated)
        #expect(try await nodes[2].store.events(created, limit: 99).count == 20)
    }

    @Test func `an attempt that is presented to all nodes at once signs in once`() async throws {
        let nodes = try nodes(3)
        for round in 0..<20 {
            let identity = try identity("\(round % 2)")
            let attempt = UsedOnce.attempt(
                "\(round)", createdAt: nodes[0].clock.now.seconds, forgottenAfter: 600)
            let opened = try await all(nodes, times: 3) { node, _ in
                switch try await node.submit(node.signInCommand(identity, use: attempt)) {
                case .opened: true
                case .used: false
                default: throw TestService.Refused()
                }
            }
            #expect(opened.count { $0 } == 1)
        }
    }

    @Test func `an identity that all nodes link at once belongs to one user`() async throws {
        let nodes = try nodes(2)
        for round in 0..<20 {
            let users = [
                try await nodes[0].createUser("a\(round)"), try await nodes[0].createUser("b\(round)"),
            ]
            let identity = try identity("\(round)")
            let outcomes = try await all(nodes, times: 4) { node, index in
                let user = users[index % 2].id
                let outcome = try await node.submit(LinkIdentity(identity, by: .administrator(of: user)))
                switch outcome {
                case .linked(let record): return record.subject
                case .linkedToAnother(let subject): return subject
                default: throw TestService.Refused()
                }
            }
            #expect(Set(outcomes).count == 1)
            let holders = try await [
                nodes[0].store.identities(of: users[0].id, limit: 9),
                nodes[1].store.identities(of: users[1].id, limit: 9),
            ].flatMap { $0 }
            #expect(holders.map(\.identity) == [identity])
        }
    }

    @Test func `of the last two ways to sign in one stays, whatever all nodes remove at once`() async throws {
        let nodes = try nodes(2)
        for round in 0..<20 {
            let pair = [try identity("\(round) a"), try identity("\(round) b")]
            let subject = try await nodes[0].signIn(pair[0]).session.subject.id
            try await nodes[0].submit(LinkIdentity(pair[1], by: .administrator(of: subject)))
            let removed = try await all(nodes, times: 2) { node, index in
                let command = UnlinkIdentity(pair[index].id, by: .administrator(of: subject))
                if case .unlinked = try await node.submit(command) { return true }
                return false
            }
            #expect(removed.count { $0 } == 1)
            #expect(try await nodes[1].store.identities(of: subject, limit: 9).count == 1)
        }
    }

    /// The session of a sign-in that is answered before the logout ends, and nothing is left half done.
    @Test func `a provider's logout beside sign-ins and refreshes on other nodes holds`() async throws {
        let nodes = try nodes(3)
        for round in 0..<10 {
            let identity = try identity("\(round)")
            let upstream = UpstreamSessionID(issuer: identity.issuer, sid: "\(round)")
            var opened: [RefreshToken] = []
            for _ in 0..<4 { opened.append(try await nodes[0].signIn(identity, upstream: upstream).token) }
            let tokens = opened
            let time = nodes[0].clock.now + 1
            _ = try await all(nodes, times: 4) { node, index in
                if index == 1 {
                    let name = "\(round) \(node.lane === nodes[0].lane) \(node.lane === nodes[1].lane)"
                    let token = UsedOnce.securityEvent(
                        of: identity.issuer, named: name, issuedAt: node.clock.now.seconds, forgottenAfter: 600)
                    let target =
                        node.lane === nodes[2].lane
                        ? UpstreamSessions.ofIdentity(identity.id) : .ofUpstream(upstream, identity: nil)
                    _ = try await node.identities.endSessions(
                        target, openedBefore: time, token: token, provider: "op")
                } else {
                    var newest = tokens[index]
                    for _ in 0..<3 { newest = try await node.rotate(newest) ?? newest }
                    if index == 3 { _ = try await node.signIn(identity) }
                }
            }
            for token in tokens { #expect(try await nodes[1].refusal(of: token) == .revoked) }
            let subject = try #require(await nodes[0].store.identity(identity.id)?.subject)
            let open = try await nodes[0].store.openSessions(of: subject, limit: 99)
            #expect(try await nodes[0].store.subject(subject)?.openSessions == open.count)
        }
    }
}
