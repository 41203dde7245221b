import Foundation
import Libpq
import PostgresStore
import SessionEngine
import Synchronization
import Testing
import TokenCore
import TokenTesting

/// Several stores on one database, as in a deployment of several nodes.
struct ManyNodesTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    private func nodes(_ count: Int = 2, holdBack: Duration = .zero) throws -> [TestService] {
        try (0..<count).map { try TestService(store: database.open(), seed: UInt64($0 + 1), holdBack: holdBack) }
    }

    /// Runs `body` so many times for each node, all at once.
    private func all<Value: Sendable>(
        _ nodes: [TestService], times: Int = 1, _ body: @escaping @Sendable (TestService, Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<times { for node in nodes { group.addTask { try await body(node, index) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `a token that is presented to all nodes at once has one successor, which all return`() async throws {
        let nodes = try nodes(3)
        for _ in 0..<20 {
            let (session, token) = try await nodes[0].open()
            let successors = try await all(nodes, times: 3) { node, _ in try await node.rotate(token)?.plaintext }
            #expect(Set(successors).count == 1 && successors.allSatisfy { $0 != nil })
            #expect(try await nodes[1].store.session(session.id)?.token.generation == Generation(1))
        }
    }

    @Test func `refreshes of many sessions on all nodes, in different orders, all succeed`() async throws {
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

    @Test func `logins on all nodes keep a subject within the limit of sessions`() async throws {
        let policy = RotationPolicy(maxSessionsPerSubject: 3)
        let nodes = try (0..<2).map {
            try TestService(store: database.open(), policy: policy, seed: UInt64($0 + 1), holdBack: .zero)
        }
        let opened = try await all(nodes, times: 20) { node, _ in try await node.open("ada").session.id }
        #expect(opened.count == 40)
        #expect(try await nodes[0].store.openSessions(of: SubjectID("ada"), limit: 99).count == 3)
        #expect(try await nodes[1].store.subject(SubjectID("ada"))?.openSessions == 3)
    }

    @Test func `opening and ending sessions of one subject on all nodes keeps the count`() async throws {
        let nodes = try nodes()
        let ada = SubjectID("ada")
        let ended = try await all(nodes, times: 25) { node, index in
            let session = try await node.open("ada").session
            guard index % 2 == 0 else { return false }
            return try await node.submit(EndSession(session.id, by: .tokenHolder, reason: .logout)) == .ended
        }
        let open = ended.count { !$0 }
        #expect(try await nodes[0].store.subject(ada)?.openSessions == open)
        #expect(try await nodes[1].sessions.sessions(of: ada).count == open)
        #expect(try await nodes[1].submit(EndAllSessions(by: .administrator(of: ada))) == .ended(open))
    }

    @Test func `a subject that all nodes insert at once is one subject`() async throws {
        let nodes = try nodes(3)
        for round in 0..<20 {
            let name = "newcomer \(round)"
            _ = try await all(nodes, times: 2) { node, _ in try await node.open(name) }
            #expect(try await nodes[0].store.subject(SubjectID(name))?.openSessions == 6)
        }
    }

    @Test func `a logout-all beside refreshes on other nodes holds`() async throws {
        let nodes = try nodes(3)
        let ada = SubjectID("ada")
        for _ in 0..<10 {
            var opened: [RefreshToken] = []
            for _ in 0..<4 { opened.append(try await nodes[0].open("ada").token) }
            let tokens = opened
            let after = Mutex<[Timestamp]>([])
            let newest = try await all(nodes, times: 4) { node, index -> RefreshToken? in
                if index == 1, node.lane === nodes[2].lane {
                    try await node.submit(EndAllSessions(by: .administrator(of: ada)))
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

    /// The refresh reads the subject without a lock, and another node changes it before the sweep locks it.
    @Test func `a sweep in the batch of a refresh undoes no change of another node`() async throws {
        let nodes = try nodes()
        let ada = try await nodes[0].createUser("ada")
        _ = try await nodes[0].login(ada)
        for node in nodes { node.clock.advance(seconds: 80 * 86_400) }
        let live = try await nodes[0].login(ada).session.id
        for node in nodes { node.clock.advance(seconds: 11 * 86_400) }
        var isDisabled = false
        var keys = RowKeys()
        keys.sessions = [live]
        try nodes[0].transaction(prefetching: keys) { transaction in
            let session = try transaction.session(live)
            if !isDisabled {
                isDisabled = true
                try nodes[1].transaction { try SetUserState(of: ada.id, to: .disabled).apply(to: &$0) }
            }
            if let session { transaction.save(session.token, of: live) }
            return try Sweep(limit: 10).apply(to: &transaction)
        }
        let now = try await nodes[0].store.subject(ada.id)
        #expect(now?.state == .disabled && now?.openSessions == 0)
        #expect(try await nodes[0].store.openSessions(of: nil, limit: 9).isEmpty)
    }

    @Test func `a row that another node holds for long fails only the commands that need it`() async throws {
        let nodes = try nodes()
        let held = try await nodes[0].open("held")
        let free = try await nodes[0].open("free")
        let end = DispatchSemaphore(value: 0)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [node = nodes[1]] in
                var keys = RowKeys()
                keys.sessions = [held.session.id]
                try? node.transaction(prefetching: keys) { _ in
                    continuation.resume()
                    end.wait()
                }
            }
        }
        defer { end.signal() }
        // The first command makes up a batch, and the others the next one.
        async let first = try? nodes[0].rotate(held.token)
        async let second = try? nodes[0].rotate(held.token, client: ClientID("web"))
        async let third = nodes[0].rotate(free.token)
        #expect(try await third != nil)
        #expect(await first == nil)
        #expect(await second == nil)
    }

    @Test func `a name that is taken on all nodes at once is given once`() async throws {
        let nodes = try nodes(3)
        let created = try await all(nodes, times: 4) { node, _ in try? await node.createUser("ada") }
        #expect(created.count { $0 != nil } == 1)
        #expect(try await nodes[0].store.users(after: "", limit: 9).count == 1)
    }

    @Test func `a client that is added on all nodes at once is added once`() async throws {
        let nodes = try nodes(3)
        let outcomes = try await all(nodes, times: 3) { node, index in
            try await node.submit(
                AddClient(ClientID("api"), secretHash: ClientSecretHash(of: "\(index)")))
        }
        #expect(outcomes.count { $0 != .nameTaken } == 1)
    }

    @Test func `an assertion that is presented to all nodes at once is accepted once`() async throws {
        let nodes = try nodes(3)
        let assertion = UsedOnce.assertion(
            of: ClientID("api"), named: "once", expiring: nodes[0].clock.now.seconds, forgottenAfter: 60)
        let outcomes = try await all(nodes, times: 4) { node, _ in
            try await node.submit(UseOnce(assertion))
        }
        #expect(outcomes.count { $0 } == 1)
    }

    @Test func `the key ring that all nodes fill or rotate at once is changed once`() async throws {
        let nodes = try nodes(3)
        func candidates(_ names: String...) -> [SigningKeyRecord] {
            names.map {
                SigningKeyRecord(
                    id: SigningKeyID($0 + UUID().uuidString), algorithm: .es256, state: .next, sealedPrivateKey: [1],
                    createdAt: nodes[0].clock.now)
            }
        }
        func rotate(_ trigger: RotateSigningKeys.Trigger) async throws -> Int {
            let fresh = candidates("a", "b")
            return try await all(nodes, times: 2) { node, _ in
                try await node.submit(
                    RotateSigningKeys(trigger, candidates: fresh, retentionSeconds: 600))
            }.count { $0 != .unchanged }
        }
        #expect(try await rotate(.fill) == 1)
        #expect(try await nodes[0].store.signingKeys().map(\.state.rawValue).sorted() == ["current", "next"])
        for node in nodes { node.clock.advance(seconds: 100) }
        #expect(try await rotate(.schedule(every: 50, publishedFor: 10)) == 1)
        #expect(try await nodes[2].store.signingKeys().count == 3)
    }

    @Test func `a node holds up the others at its own webhook only`() async throws {
        let nodes = try nodes()
        let audit = try await nodes[0].submit(StartWebhook(try #require(WebhookName("audit"))))
        let alarms = try await nodes[0].submit(StartWebhook(try #require(WebhookName("alarms"))))
        func take(_ cursor: WebhookCursor, by node: String) -> AdvanceWebhookCursor {
            var held = cursor
            held.holder = node
            return AdvanceWebhookCursor(from: cursor, to: held)
        }
        let (first, second) = (take(audit, by: "first"), take(audit, by: "second"))
        let end = DispatchSemaphore(value: 0)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [node = nodes[1]] in
                var keys = RowKeys()
                first.prefetch(into: &keys)
                try? node.transaction(prefetching: keys) { transaction in
                    _ = try first.apply(to: &transaction)
                    continuation.resume()
                    end.wait()
                }
            }
        }
        defer { end.signal() }
        #expect(try await nodes[0].submit(take(alarms, by: "second")))
        async let isTaken = nodes[0].submit(second)
        let waiting = """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = 1214606445
                AND NOT l.granted
            """
        let deadline = ContinuousClock.now + .seconds(5)
        while try database.run(waiting) == "0", ContinuousClock.now < deadline {}
        end.signal()
        #expect(try await isTaken == false)
        #expect(try await nodes[1].store.webhookCursor(audit.name)?.holder == "first")
    }

    @Test func `a number of the feed becomes visible after all lower ones`() async throws {
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
            try await node.submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        }
        isDone.withLock { $0 = true }
        #expect(try await reader.value == 120)
    }

    @Test func `the feed names every session that a change of password ends, however long ago it was refreshed`()
        async throws
    {
        let nodes = try nodes()
        let user = try await nodes[0].createUser("ada")
        let mine = try await nodes[0].login(user)
        let other = try await nodes[1].login(user)
        // Long enough for every access token to expire, except one that another node may be issuing now.
        for node in nodes { node.clock.advance(seconds: 5000) }
        let change = ChangePassword(
            by: .owner(mine.session.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await nodes[0].submit(change) == .changed)
        let targets = try await nodes[0].store.revocations(after: 0, limit: 9).entries.map(\.target)
        #expect(targets == [.session(other.session.id)])
    }

    @Test func `sweeps on all nodes at once delete each row once`() async throws {
        let policy = RotationPolicy(idleLifetimeSeconds: 50, absoluteLifetimeSeconds: 100)
        let nodes = try (0..<3).map {
            try TestService(store: database.open(), policy: policy, seed: UInt64($0 + 1))
        }
        for index in 0..<30 { _ = try await nodes[0].open("subject \(index % 4)") }
        for node in nodes { node.clock.advance(seconds: 110) }
        for _ in 0..<10 { _ = try await all(nodes) { node, _ in try await node.submit(Sweep(limit: 7)) } }
        #expect(try await nodes[0].store.openSessions(of: nil, limit: 99).isEmpty)
        #expect(try await nodes[0].store.subject(SubjectID("subject 0")) == nil)
    }

    /// No event becomes visible after one with a higher number.
    @Test func `a reader that follows the audit trail misses no event of any node`() async throws {
        let nodes = try nodes(4)
        let store = try database.open()
        let isDone = Mutex(false)
        async let followed = {
            var numbers: [Int] = []
            while true {
                let isLast = isDone.withLock { $0 }
                numbers += try await store.events(EventQuery(after: numbers.last ?? 0), limit: 100).map(\.number)
                if isLast { return numbers }
            }
        }()
        _ = try await all(nodes) { node, _ in
            for index in 0..<40 { _ = try await node.open("subject \(index)") }
        }
        isDone.withLock { $0 = true }
        let all = try await store.events(EventQuery(), limit: 1000).map(\.number)
        #expect(all.count == 160)
        #expect(try await followed == all.reversed())
    }

    /// Another node has a lower number and has not committed.
    @Test func `an event becomes visible after those with lower numbers`() async throws {
        let node = TestService(store: try database.open())
        let other = try PostgresConnection(PostgresTarget(database.url))
        let deadline = ContinuousClock.now + .seconds(60)
        let statements = [
            "SET idle_in_transaction_session_timeout = 0", "BEGIN", "SELECT pg_advisory_xact_lock(1214606444, 102)",
            "INSERT INTO events (kind, at, expires_at) VALUES ('login', 0, 9223372036854775807)",
        ]
        _ = try other.run(statements.map { Statement($0) }, until: deadline)
        async let opened = try? node.open()
        func visible() async throws -> [Int] {
            try await node.store.events(EventQuery(after: 0), limit: 9).map(\.number)
        }
        // Until the node waits for the other one, or has not waited.
        let waiting = """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = 102 AND NOT l.granted
            """
        while try database.run(waiting) == "0", try await visible().isEmpty {}
        #expect(try await visible().isEmpty)
        _ = try other.run([Statement("COMMIT")], until: deadline)
        #expect(await opened != nil)
        let numbers = try await visible()
        #expect(numbers.count == 2 && numbers == numbers.sorted())
    }

    @Test func `failed logins are counted over all nodes`() async throws {
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
        // A node whose clock is slow gives nothing back.
        #expect(try await counters[1].take(.account("ada"), at: start + -3600) == 20)
        // The sweeper deletes buckets that have recovered.
        let sweeper = TestService(store: try database.open())
        sweeper.clock.now = start + 200
        try await sweeper.submit(Sweep(limit: 100))
        #expect(try database.run("SELECT count(*) FROM login_attempts") == "0")
        let home = AttemptKey.familiar(account: "ada", place: "home")
        #expect(try await !counters[0].isFamiliar(home, at: start))
        try await counters[0].remember(home, at: start)
        #expect(try await counters[1].isFamiliar(home, at: start))
        #expect(try await counters[1].take(home, at: start) == nil)
    }

    @Test func `a node is notified of another node's revocation`() async throws {
        let nodes = try nodes()
        let listening = try database.open()
        let notifier = RevocationNotifier()
        let follower = Task { await listening.followNotifications { notifier.notify() } }
        // The first notification follows the start of listening.
        await notifier.wait(past: 0, until: .now + .seconds(30))
        let session = try await nodes[0].open().session
        let count = notifier.count
        try await nodes[0].submit(EndSession(session.id, by: .tokenHolder, reason: .logout))
        await notifier.wait(past: count, until: .now + .seconds(30))
        #expect(notifier.count > count)
        follower.cancel()
        await follower.value
    }
}
