import Foundation
import PostgresStore
import Synchronization
import Testing
import TokenCore
import TokenTesting

/// Two and more stores on one database, as the processes of a deployment are.
struct ManyNodesTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    private func nodes(_ count: Int = 2, holdBack: Duration = .zero) throws -> [TestService] {
        try (0..<count).map { try TestService(store: database.open(), seed: UInt64($0 + 1), holdBack: holdBack) }
    }

    /// Runs one task a node and attempt, all at once.
    private func all<Value: Sendable>(
        _ nodes: [TestService], times: Int = 1, _ body: @escaping @Sendable (TestService, Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<times { for node in nodes { group.addTask { try await body(node, index) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `one token on all nodes at once has one successor, which all answer`() async throws {
        let nodes = try nodes(3)
        for _ in 0..<20 {
            let (session, token) = try await nodes[0].open()
            let successors = try await all(nodes, times: 3) { node, _ in try await node.rotate(token)?.plaintext }
            #expect(Set(successors).count == 1 && successors.allSatisfy { $0 != nil })
            #expect(try await nodes[1].store.session(session.record.id)?.token.generation == Generation(1))
        }
    }

    @Test func `many sessions on all nodes in every order never deadlock`() async throws {
        let nodes = try nodes()
        var opened: [RefreshToken] = []
        for index in 0..<40 { opened.append(try await nodes[0].open("subject \(index % 3)").token) }
        let tokens = opened
        let outcomes = try await all(nodes, times: 200) { node, index in
            try await node.rotate(tokens[(index * 17) % tokens.count])?.plaintext
        }
        #expect(outcomes.allSatisfy { $0 != nil })
        #expect(Set(outcomes).count == tokens.count)
    }

    @Test func `opening and ending sessions of one subject on all nodes keeps the count`() async throws {
        let nodes = try nodes()
        let ada = SubjectID("ada")
        let ended = try await all(nodes, times: 25) { node, index in
            let session = try await node.open("ada").session
            guard index % 2 == 0 else { return false }
            return try await node.sessions.lane.submit(EndSession(session.record.id, reason: .logout)) == .ended
        }
        let open = ended.count { !$0 }
        #expect(try await nodes[0].store.subject(ada)?.openSessions == open)
        #expect(try await nodes[1].sessions.sessions(of: ada).count == open)
        #expect(try await nodes[1].sessions.lane.submit(EndAllSessions(by: .administrator(ada))) == .ended(open))
    }

    /// Whoever makes the row, a logout-all that any node answered is not forgotten.
    @Test func `a subject that all nodes meet for the first time at once is one subject`() async throws {
        let nodes = try nodes(3)
        for round in 0..<20 {
            let name = "newcomer \(round)"
            _ = try await all(nodes, times: 2) { node, _ in try await node.open(name) }
            #expect(try await nodes[0].store.subject(SubjectID(name))?.openSessions == 6)
        }
    }

    @Test func `a logout-all beside logins and refreshes on other nodes holds`() async throws {
        let nodes = try nodes(3)
        let ada = SubjectID("ada")
        for _ in 0..<10 {
            var opened: [RefreshToken] = []
            for _ in 0..<4 { opened.append(try await nodes[0].open("ada").token) }
            let tokens = opened
            let after = Mutex<[Timestamp]>([])
            let newest = try await all(nodes, times: 4) { node, index -> RefreshToken? in
                if index == 1, node.sessions.lane === nodes[2].sessions.lane {
                    _ = try await node.sessions.lane.submit(EndAllSessions(by: .administrator(ada)))
                    let epoch = try await node.store.subject(ada)?.epoch
                    after.withLock { $0 += [epoch].compactMap { $0 } }
                    return nil
                }
                var newest = tokens[index]
                for _ in 0..<5 { newest = try await node.rotate(newest) ?? newest }
                return newest
            }
            for token in newest.compactMap({ $0 }) { #expect(try await nodes[1].rotate(token) == nil) }
            #expect(try await nodes[0].store.subject(ada)?.epoch == after.withLock { $0 }.max())
        }
    }

    /// What a command saw of a subject before the sweep locked it may be old by then.
    @Test func `a sweep in the batch of a refresh undoes nothing that another node did meanwhile`() async throws {
        let nodes = try nodes()
        let ada = try await nodes[0].createUser("ada")
        _ = try await nodes[0].login(ada)
        for node in nodes { node.clock.advance(seconds: 80 * 86_400) }
        let live = try await nodes[0].login(ada).session.record.id
        for node in nodes { node.clock.advance(seconds: 11 * 86_400) }
        var isDisabled = false
         RowKeys=var keys = RowKeys= RowKeys()
        keys.sessions = [live]
        _ = try nodes[0].store.transaction(at: nodes[0].clock.now, rules: nodes[0].sessions.rules, prefetching: names) {
            transaction in
            let session = try transaction.session(live)
            if !isDisabled {
                isDisabled = true
                _ = try nodes[1].store.transaction(at: nodes[1].clock.now, rules: nodes[1].sessions.rules) { transaction in
                    try SetUserState(of: ada.id, to: .disabled).apply(to: &transaction)
                }
            }
            if let session { transaction.save(session.token, of: live) }
            return try Sweep(limit: 10).apply(to: &transaction)
        }
        let now = try await nodes[0].store.subject(ada.id)
        #expect(now?.state == .disabled && now?.openSessions == 0)
        #expect(try await nodes[0].store.sessions(of: nil, limit: 9).isEmpty)
    }

    @Test func `a row that somebody holds for long is the trouble of its own batch's commands only`() async throws {
        let nodes = try nodes()
        let held = try await nodes[0].open("held")
        let free = try await nodes[0].open("free")
        let end = DispatchSemaphore(value: 0)
         RowKeys=var keys = RowKeys= RowKeys()
        keys.sessions = [held.session.record.id]
        let named = names
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [node = nodes[1]] in
                let (now, rules) = (node.clock.now, node.sessions.rules)
                _ = try? node.store.transaction(at: now, rules: rules, prefetching: named) { transaction in
                    continuation.resume()
                    end.wait()
                    return try transaction.session(held.session.record.id)
                }
            }
        }
        defer { end.signal() }
        // The first of them goes alone; the others gather meanwhile.
        async let first = try? nodes[0].rotate(held.token)
        async let second = try? nodes[0].rotate(held.token, client: ClientID("web"))
        async let third = nodes[0].rotate(free.token)
        #expect(try await third != nil)
        #expect(await first == nil)
        #expect(await second == nil)
    }

    @Test func `of many who take one name at once one gets it`() async throws {
        let nodes = try nodes(3)
        let created = try await all(nodes, times: 4) { node, _ in try? await node.createUser("ada") }
        #expect(created.count { $0 != nil } == 1)
        #expect(try await nodes[0].store.users(after: "", limit: 9).count == 1)
    }

    @Test func `of many who register one client at once one does`() async throws {
        let nodes = try nodes(3)
        let outcomes = try await all(nodes, times: 3) { node, index in
            try await node.sessions.lane.submit(
                AddClient(
                    ClientID("api"), secretHash: [UInt8](repeating: UInt8(index), count: 32), accessTokenFormat: .jwt,
                    allowedScope: nil))
        }
        #expect(outcomes.count { $0 != .nameTaken } == 1)
    }

    @Test func `an assertion that is shown to many nodes at once counts once`() async throws {
        let nodes = try nodes(3)
        let id = AssertionID(of: ClientID("api"), named: "once")
        let outcomes = try await all(nodes, times: 4) { node, _ in
            try await node.sessions.lane.submit(UseAssertion(id, forgottenAt: node.clock.now + 60))
        }
        #expect(outcomes.count { $0 == .fresh } == 1)
    }

    @Test func `nodes that fill or move the key ring at once do it once`() async throws {
        let nodes = try nodes(3)
        func candidates(_ names: String...) -> [SigningKeyRecord] {
            names.map {
                SigningKeyRecord(
                    id: $0 + UUID().uuidString, algorithm: "ES256", state: .next, sealedPrivateKey: [1],
                    createdAt: nodes[0].clock.now)
            }
        }
        func rotate(_ trigger: RotateSigningKeys.Trigger) async throws -> Int {
            let fresh = candidates("a", "b")
            return try await all(nodes, times: 2) { node, _ in
                try await node.sessions.lane.submit(
                    RotateSigningKeys(trigger, candidates: fresh, retentionSeconds: 600))
            }.count { $0 != .unchanged }
        }
        #expect(try await rotate(.fill) == 1)
        #expect(try await nodes[0].store.signingKeys().map(\.state.rawValue).sorted() == ["current", "next"])
        for node in nodes { node.clock.advance(seconds: 100) }
        #expect(try await rotate(.schedule(every: 50, publishedFor: 10)) == 1)
        #expect(try await nodes[2].store.signingKeys().count == 3)
    }

    /// A reader that has seen a number has seen all below it.
    @Test func `the feed's numbers become visible in their order`() async throws {
        let nodes = try nodes(3)
        let isDone = Mutex(false)
        let reader = Task {
            var seen = 0
            while true {
                let last = isDone.withLock { $0 }
                let page = try await nodes[0].store.revocations(after: seen, limit: 1000)
                for entry in page.entries {
                    #expect(entry.sequence == seen + 1)
                    seen = entry.sequence
                }
                #expect(page.newest >= seen)
                if last, page.entries.isEmpty { return seen }
            }
        }
        _ = try await all(nodes, times: 40) { node, index in
            let session = try await node.open("subject \(index)").session
            _ = try await node.sessions.lane.submit(EndSession(session.record.id, reason: .logout))
        }
        isDone.withLock { $0 = true }
        #expect(try await reader.value == 120)
    }

    @Test func `a change of the password names a session that another node is refreshing`() async throws {
        let nodes = try nodes()
        let user = try await nodes[0].createUser("ada")
        let mine = try await nodes[0].login(user)
        let resting = try await nodes[1].login(user)
        // So long ago that no access token of it lives, but for the one that is being made.
        for node in nodes { node.clock.advance(seconds: 5000) }
        let change = ChangePassword(
            by: .owner(mine.session.record.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await nodes[0].sessions.lane.submit(change) == .changed)
        let told = try await nodes[0].store.revocations(after: 0, limit: 9).entries.map(\.target)
        #expect(told == [.session(resting.session.record.id)])
    }

    @Test func `sweeping on all nodes at once collects each row once`() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let nodes = try (0..<3).map {
            try TestService(store: database.open(), policy: policy, seed: UInt64($0 + 1))
        }
        for index in 0..<30 { _ = try await nodes[0].open("subject \(index % 4)") }
        for node in nodes { node.clock.advance(seconds: 110) }
        for _ in 0..<10 { _ = try await all(nodes) { node, _ in try await node.sessions.lane.submit(Sweep(limit: 7)) } }
        #expect(try await nodes[0].store.sessions(of: nil, limit: 99).isEmpty)
        #expect(try await nodes[0].store.subject(SubjectID("subject 0")) == nil)
    }

    @Test func `failures are counted over all nodes`() async throws {
        let limits = LoginLimits(perAccount: 5, perAddress: 0, windowSeconds: 100)
        let counters = try (0..<2).map { _ in try database.open().attempts(limits) }
        let start = Timestamp(seconds: 1_800_000_000)
        for index in 0..<5 { #expect(try await counters[index % 2].take(.account("ada"), at: start) == nil) }
        for counter in counters { #expect(try await counter.take(.account("ada"), at: start) == 20) }
        #expect(try await counters[0].take(.account("bob"), at: start) == nil)
        #expect(try await counters[0].take(.address("x"), at: start) == nil)
        #expect(try await counters[1].take(.account("ada"), at: start + 20) == nil)
        try await counters[0].refund(.account("ada"), at: start + 20)
        #expect(try await counters[1].take(.account("ada"), at: start + 20) == nil)
        #expect(try await counters[1].take(.account("ada"), at: start + -3600) == 20)
        // The sweeper forgets what has recovered.
        let sweeper = TestService(store: try database.open())
        sweeper.clock.now = start + 200
        _ = try await sweeper.sessions.lane.submit(Sweep(limit: 100))
        #expect(try database.tamper("SELECT count(*) FROM login_attempts") == "0")
        let home = AttemptKey.familiar(account: "ada", place: "home")
        #expect(try await !counters[0].isFamiliar(home, at: start))
        try await counters[0].remember(home, at: start)
        #expect(try await counters[1].isFamiliar(home, at: start))
        #expect(try await counters[1].take(home, at: start) == nil)
    }

    @Test func `another node's revocation rings the notifier`() async throws {
        let nodes = try nodes()
        let listening = try database.open()
        let notifier = RevocationNotifier()
        let follower = Task { await listening.ring(notifier) }
        // It rings once when it begins to listen.
        await notifier.wait(past: 0, until: .now + .seconds(30))
        let session = try await nodes[0].open().session
        let rung = notifier.count
        _ = try await nodes[0].sessions.lane.submit(EndSession(session.record.id, reason: .logout))
        await notifier.wait(past: rung, until: .now + .seconds(30))
        #expect(notifier.count > rung)
        follower.cancel()
        await follower.value
    }

    @Test func `connections that break are made again, and nothing is asked twice of the caller`() async throws {
        let node = try nodes(1)[0]
        var token = try await node.open().token
        for _ in 0..<5 {
            try database.cluster.disconnect(database.url)
            token = try #require(await node.rotate(token))
            try database.cluster.disconnect(database.url)
            #expect(try await node.store.session(token.session)?.token.generation == token.generation)
        }
    }

    @Test func `a hundred thousand sessions end at the cost of one`() async throws {
        let node = try nodes(1)[0]
        let session = try await node.open("ada").session
        try database.tamper(
            """
            INSERT INTO sessions SELECT gen_random_uuid(), subject_id, client_id, scope, device, address, user_agent, amr,
                authenticated_at, created_at, expires_at, epoch FROM sessions, generate_series(1, 100000);
            INSERT INTO refresh_tokens SELECT s.session_id, 0, '', NULL, 0, 0 FROM sessions s
                ON CONFLICT DO NOTHING;
            UPDATE subjects SET open_sessions = 100001; ANALYZE
            """)
        let (outcome, writeSet) = try node.store.transaction(at: node.clock.now, rules: node.sessions.rules) { transaction in
            (try EndAllSessions(by: .holder(.session(session.record.id))).apply(to: &transaction), transaction.writeSet)
        }
        #expect(outcome == .ended(100_001))
        #expect(writeSet.changedSessions.isEmpty && writeSet.subjects.count == 1 && writeSet.revocations.count == 1)
    }
}
