import Foundation
import PostgresStore
import PrometheusMetrics
import Testing
import TokenCore
import TokenTesting

/// What happens to transactions whose commands need rows that were not prefetched.
struct LockOrderTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    /// A command that prefetches nothing.
    private struct WithoutPrefetch<Wrapped: Command>: Command {
        let command: Wrapped

        init(_ command: Wrapped) { self.command = command }

        func apply(to transaction: inout Transaction) throws -> Wrapped.Outcome {
            try command.apply(to: &transaction)
        }
    }

    private func restarts(in metrics: PrometheusRegistry) -> Int {
        let line = metrics.text().split(separator: "\n").first { $0.hasPrefix("heirloom_transaction_restarts_total ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    @Test func `a command that prefetches nothing works and restarts its transaction once`() async throws {
        let metrics = PrometheusRegistry()
        let node = TestService(store: try database.open(metrics: metrics))
        let ada = try await node.createUser("ada")
        let mine = try await node.login(ada)
        let other = try await node.login(ada)
        func expectOneRestart<C: Command>(_ command: C) async throws -> C.Outcome {
            let before = restarts(in: metrics)
            let outcome = try await node.submit(WithoutPrefetch(command))
            #expect(restarts(in: metrics) == before + 1, "\(C.self)")
            return outcome
        }
        #expect(restarts(in: metrics) == 0)
        let rotate = Rotate(Presentation(mine.token), address: nil, entropy: node.entropy)
        guard case .successor = try await expectOneRestart(rotate) else {
            Issue.record("the rotation was refused")
            return
        }
        let opening = OpenSession(
            subject: SubjectID("grace"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: ["fed"], entropy: node.entropy)
        guard case .opened = try await expectOneRestart(opening) else {
            Issue.record("the session was not opened")
            return
        }
        let change = ChangePassword(by: .owner(mine.session.id, passwordVersion: 0), to: PasswordHash(phc: "$new"))
        #expect(try await expectOneRestart(change) == .changed)
        #expect(try await node.rotate(other.token) == nil)
        let end = EndSession(mine.session.id, by: .administrator, reason: .endedByAdministrator)
        #expect(try await expectOneRestart(end) == .ended)
        #expect(try await expectOneRestart(EndAllSessions(by: .administrator(of: SubjectID("grace")))) == .ended(1))
        let client = AddClient(ClientID("api"), secretHash: nil)
        #expect(try await expectOneRestart(client) != .nameTaken)
        let account = SubjectRecord.Account(username: "lin", usernameKey: "lin", password: PasswordHash(phc: "$"))
        guard case .created = try await expectOneRestart(CreateUser(account: account, entropy: node.entropy)) else {
            Issue.record("the user was not created")
            return
        }
        let webhook = try await expectOneRestart(StartWebhook(try #require(WebhookName("audit"))))
        #expect(try await expectOneRestart(AdvanceWebhookCursor(from: webhook, to: webhook)))
    }

    /// Each restart learns of one more session. That there are many of them does not fail the batch.
    @Test func `a transaction of many commands that prefetch nothing is committed`() async throws {
        let node = TestService(store: try database.open())
        var sessions: [SessionID] = []
        for _ in 0..<20 { sessions.append(try await node.open().session.id) }
        let ended = try node.transaction { transaction in
            try sessions.count { id in
                try EndSession(id, by: .administrator, reason: .logout).apply(to: &transaction) == .ended
            }
        }
        #expect(ended == 20)
        #expect(try await node.store.openSessions(of: nil, limit: 9).isEmpty)
    }

    @Test func `many sessions that a reuse ends restart their transaction once`() async throws {
        let metrics = PrometheusRegistry()
        let node = TestService(store: try database.open(metrics: metrics))
        var reused: [RefreshToken] = []
        for number in 0..<3 {
            let first = try await node.open("subject-\(number)").token
            let second = try #require(await node.rotate(first))
            _ = try #require(await node.rotate(second))
            reused.append(first)
        }
        let before = restarts(in: metrics)
        let commands = reused.map { Rotate(Presentation($0), address: nil, entropy: node.entropy) }
        let refused = try node.apply(commands).count { if case .refused(.reuse) = $0 { true } else { false } }
        #expect(refused == 3)
        #expect(restarts(in: metrics) == before + 1)
        #expect(try await node.store.openSessions(of: nil, limit: 9).isEmpty)
    }

    @Test func `commands of two nodes that prefetch nothing do not deadlock`() async throws {
        let nodes = try (1...2).map { TestService(store: try database.open(), seed: $0) }
        var opened: [SessionID] = []
        for index in 0..<40 { opened.append(try await nodes[0].open("subject \(index % 4)").session.id) }
        let sessions = opened
        try await withThrowingTaskGroup { group in
            for (index, node) in nodes.enumerated() {
                group.addTask {
                    // Transactions of both nodes need the same two sessions, in opposite orders.
                    for start in stride(from: 0, to: sessions.count, by: 2) {
                        let pair = index == 0 ? [start, start + 1] : [start + 1, start]
                        try await withCheckedThrowingContinuation { continuation in
                            Thread.detachNewThread {
                                continuation.resume(
                                    with: Result {
                                        try node.transaction { transaction in
                                            for id in pair.map({ sessions[$0] }) {
                                                _ = try EndSession(id, by: .administrator, reason: .logout)
                                                    .apply(to: &transaction)
                                            }
                                        }
                                    })
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await nodes[0].store.openSessions(of: nil, limit: 9).isEmpty)
        // A process of the server reports its statistics when it ends, if not before.
        try database.disconnect()
        #expect(
            try database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == "0")
    }

    @Test func `a name that is given up is locked like one that is taken`() async throws {
        let metrics = PrometheusRegistry()
        let node = TestService(store: try database.open(metrics: metrics))
        let ada = try await node.createUser("ada")
        let deletion = WithoutPrefetch(SetUserState(of: ada.id, to: .deleted))
        #expect(try await node.submit(deletion) == .done)
        // The subject, and then the register of names.
        #expect(restarts(in: metrics) == 2)
        #expect(try await node.createUser("ada").id != ada.id)
    }

    @Test func `a lost connection fails the transaction and not one of its commands`() throws {
        let node = TestService(store: try database.open())
        var runs = 0
        #expect(throws: TransactionFailure.self) {
            try node.transaction { transaction in
                runs += 1
                try database.disconnect()
                _ = try transaction.useOnce(
                    .assertion(of: ClientID("api"), named: "once", expiring: 0, forgottenAfter: 60))
            }
        }
        // The first connection may have been lost while it was idle.
        #expect(runs == 2)
    }

    @Test func `a row that cannot be read fails its command and not the transaction`() async throws {
        let node = TestService(store: try database.open())
        let session = try await node.open().session.id
        let intact = try await node.open().token
        try database.run("UPDATE refresh_tokens SET hash = '' WHERE session_id = '\(session)'")
        var keys = RowKeys()
        keys.sessions = [session, intact.session]
        #expect(throws: CorruptRow.self) {
            try node.transaction(prefetching: keys) { transaction in
                #expect(try transaction.session(intact.session) != nil)
                _ = try transaction.session(session)
            }
        }
        #expect(try await node.rotate(intact) != nil)
    }

    @Test func `a subject that cannot be read fails its command, and a reuse ends its session`() async throws {
        let node = TestService(store: try database.open())
        let (session, first) = try await node.open("ada")
        let second = try #require(await node.rotate(first))
        _ = try #require(await node.rotate(second))
        try database.run("UPDATE subjects SET open_sessions = \(1 << 62)")
        #expect(throws: CorruptRow.self) {
            try node.apply([EndAllSessions(by: .administrator(of: session.subject.id))])
        }
        #expect(try await node.refusal(of: first) == .reuse(generationsBehind: 2, seconds: 0))
        #expect(try await node.store.session(session.id)?.record.ending?.reason == .reuse)
    }
}
