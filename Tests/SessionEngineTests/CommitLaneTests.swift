import SessionEngine
import Synchronization
import Testing
import TokenCore
import TokenTesting

struct CommitLaneTests {
    struct Fault: Error {}

    /// Records an event and fails, as if the store could not read a row.
    struct FailingCommand: Command {
        func apply(to transaction: inout Transaction) throws {
            transaction.record(EventRecord(.loginFailed, at: transaction.now))
            throw Fault()
        }
    }

    /// Fails in its first run only.
    struct FailingOnce<Failure: Error>: Command {
        final class Runs: Sendable { let count = Mutex(0) }

        let failure: Failure
        let runs = Runs()

        func apply(to transaction: inout Transaction) throws {
            let isFirst = runs.count.withLock { count in
                count += 1
                return count == 1
            }
            if isFirst { throw failure }
        }
    }

    let store = FailingStore()

    private func lane(
        queueLimit: Int = 100, batchLimit: Int = 512, stallLimit: Duration = .seconds(3600)
    ) -> CommitLane {
        CommitLane(
            store: store, rules: TestService(store: MemoryStore()).rules, clock: TestClock().clock,
            queueLimit: queueLimit, batchLimit: batchLimit, stallLimit: stallLimit)
    }

    /// Commits commands as one batch, in their order: they queue while a commit is held up.
    private func together<C: Command>(_ commands: [C], in lane: CommitLane) async -> [Result<C.Outcome, any Error>] {
        await together(commands.map { command in Submission { try await lane.submit(command) } }, in: lane)
    }

    /// Submits a command to a lane.
    private struct Submission<Outcome: Sendable>: Sendable {
        let submit: @Sendable () async throws -> Outcome
    }

    private func together<Outcome: Sendable>(
        _ submissions: [Submission<Outcome>], in lane: CommitLane
    ) async -> [Result<Outcome, any Error>] {
        store.hold()
        return await withTaskGroup(of: (Int, Result<Outcome, any Error>)?.self) { group in
            group.addTask {
                _ = try? await lane.submit(WriteProbe())
                return nil
            }
            while store.commits.withLock({ $0 }) == 0 { await Task.yield() }
            for (index, submission) in submissions.enumerated() {
                group.addTask {
                    do { return (index, .success(try await submission.submit())) } catch {
                        return (index, .failure(error))
                    }
                }
                while lane.depth <= index { await Task.yield() }
            }
            store.release()
            var outcomes: [(Int, Result<Outcome, any Error>)] = []
            for await case let outcome? in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func login(_ name: String, seed: UInt64) -> OpenSession {
        OpenSession(
            subject: SubjectID(name), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: [], entropy: .seeded(seed))
    }

    // MARK: Batches

    @Test func `commands that wait together share one transaction`() async throws {
        let outcomes = await together((0..<20).map { login("ada", seed: $0) }, in: lane())
        for outcome in outcomes { guard case .opened = try outcome.get() else { throw Fault() } }
        #expect(store.commits.withLock { $0 } == 2)
        #expect(store.inner.contents.subjects[SubjectID("ada")]?.openSessions == 20)
    }

    @Test func `a transaction has no more commands than the limit`() async throws {
        let outcomes = await together((0..<10).map { login("ada", seed: $0) }, in: lane(batchLimit: 3))
        for outcome in outcomes { _ = try outcome.get() }
        #expect(store.commits.withLock { $0 } == 1 + 4)
    }

    @Test func `the rows that commands of a batch have not named are prefetched together`() async throws {
        let names = ["ada", "grace", "lin"].map { SubjectID($0) }
        let commands = names.map { name in FailingOnce(failure: RowsNotPrefetched { $0.subjects.insert(name) }) }
        for outcome in await together(commands, in: lane()) { try outcome.get() }
        #expect(store.missing.withLock { $0.map(\.subjects) } == [Set(names)])
        for command in commands { #expect(command.runs.count.withLock { $0 } == 2) }
    }

    @Test func `commands are applied in the order in which they were submitted`() async throws {
        let opened = await together([login("ada", seed: 1)], in: lane())
        guard case .opened(let session, _, _) = try opened[0].get() else { throw Fault() }
        let other = CommitLaneTests()
        other.store.inner.contents = store.inner.contents
        let end = EndSession(session.id, by: .tokenHolder, reason: .logout)
        let outcomes = try await other.together([end, end, end], in: other.lane()).map { try $0.get() }
        #expect(outcomes == [.ended, .notFound, .notFound])
    }

    @Test func `the events of a command name the administrator of its task, and no other command's do`() async throws {
        let lane = lane()
        let submissions = [nil, Administrator.console(at: "192.0.2.1"), .commandLine(user: "ada"), nil].enumerated()
            .map { index, administrator in
                // The third one has an address of its own.
                let command = RecordEvent(.login, address: index == 1 ? nil : "192.0.2.\(index + 7)")
                return Submission {
                    try await Administrator.$current.withValue(administrator) { try await lane.submit(command) }
                }
            }
        for outcome in await together(submissions, in: lane) { try outcome.get() }
        #expect(store.commits.withLock { $0 } == 2)
        let events = store.inner.contents.events
        #expect(events.map(\.actor) == [nil, "console", "command_line:ada", nil])
        #expect(events.map(\.address) == ["192.0.2.7", "192.0.2.1", "192.0.2.9", "192.0.2.10"])
    }

    @Test func `an outcome is returned after the commit`() async throws {
        let service = TestService(store: store)
        let (session, _) = try await service.open()
        #expect(try await store.session(session.id) != nil)
        store.isBroken.withLock { $0 = true }
        await #expect(throws: Unavailable.self) { try await service.open("nobody") }
        #expect(store.inner.contents.sessions.count == 1)
    }

    // MARK: Failures

    @Test func `a failure of the store fails the commands of the batch and no later ones`() async throws {
        let lane = lane()
        store.isBroken.withLock { $0 = true }
        let outcomes = await together((0..<5).map { login("ada", seed: $0) }, in: lane)
        for outcome in outcomes { #expect(throws: Unavailable.self) { try outcome.get() } }
        #expect(store.inner.contents.sessions.isEmpty)
        store.isBroken.withLock { $0 = false }
        try await lane.submit(WriteProbe())
    }

    @Test func `a command that fails does not fail the others of its batch`() async throws {
        let lane = lane()
        let outcomes = await together(
            [
                Submission { try await lane.submit(RecordEvent(.login)) },
                Submission { try await lane.submit(FailingCommand()) },
                Submission { try await lane.submit(RecordEvent(.logout)) },
            ], in: lane)
        try outcomes[0].get()
        #expect(throws: Unavailable.self) { try outcomes[1].get() }
        try outcomes[2].get()
        #expect(store.inner.contents.events.map(\.kind) == [.login, .logout])
    }

    /// The store runs a body again after a conflict. A command that failed in an earlier run is not the cause of a
    /// failure of the last one.
    @Test func `a failure in an earlier run of the body has no effect`() async throws {
        let lane = lane()
        store.conflicts.withLock { $0 = 1 }
        store.isBroken.withLock { $0 = true }
        let command = FailingOnce(failure: Fault())
        let outcomes = await together(
            [Submission { try await lane.submit(WriteProbe()) }, Submission { try await lane.submit(command) }],
            in: lane)
        for outcome in outcomes { #expect(throws: Unavailable.self) { try outcome.get() } }
        // Both commands failed with one commit, because the store is the cause.
        #expect(store.commits.withLock { $0 } == 2)
    }

    @Test func `a failure of the whole transaction fails all of its commands`() async throws {
        struct Conflict: Command {
            func apply(to transaction: inout Transaction) throws { throw TransactionFailure(Fault()) }
        }
        let lane = lane()
        let outcomes = await together(
            [Submission { try await lane.submit(WriteProbe()) }, Submission { try await lane.submit(Conflict()) }],
            in: lane)
        for outcome in outcomes { #expect(throws: Unavailable.self) { try outcome.get() } }
        #expect(store.commits.withLock { $0 } == 2)
    }

    @Test func `rows in use fail the commands that need them and no others`() async throws {
        struct Held: Command {
            let session: SessionID

            func prefetch(into keys: inout RowKeys) { keys.sessions.insert(session) }

            func apply(to transaction: inout Transaction) throws {
                throw RowsInUse(sessions: [session], subjects: [])
            }
        }
        let lane = lane()
        let held = Held(session: SessionID(UUIDv7(high: 1, low: 1)))
        let outcomes = await together(
            [Submission { try await lane.submit(WriteProbe()) }, Submission { try await lane.submit(held) }], in: lane)
        try outcomes[0].get()
        #expect(throws: Unavailable.self) { try outcomes[1].get() }
    }

    // MARK: Bounds

    @Test func `a full queue refuses a command at once and commits those that wait`() async throws {
        store.hold()
        let lane = lane(queueLimit: 8)
        try await withThrowingTaskGroup { group in
            // One command is in the commit, eight wait.
            group.addTask { try await lane.submit(WriteProbe()) }
            while store.commits.withLock({ $0 }) == 0 { await Task.yield() }
            for _ in 0..<8 { group.addTask { try await lane.submit(WriteProbe()) } }
            while lane.depth < 8 { await Task.yield() }
            await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
            store.release()
            try await group.waitForAll()
        }
        #expect(lane.depth == 0)
        #expect(store.commits.withLock { $0 } == 2)
    }

    @Test func `commands are refused at once while a commit takes too long`() async throws {
        let lane = lane(stallLimit: .zero)
        store.hold()
        let first = Task { try await lane.submit(WriteProbe()) }
        while store.commits.withLock({ $0 }) == 0 { await Task.yield() }
        let error = await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
        guard case .stalled? = error else {
            Issue.record("\(error as Any)")
            return
        }
        store.release()
        try await first.value
        try await lane.submit(WriteProbe())
    }

    @Test func `a closed lane refuses new commands and commits those that wait`() async throws {
        let lane = lane()
        store.hold()
        let waiting = Task { try await lane.submit(login("ada", seed: 1)) }
        while store.commits.withLock({ $0 }) == 0 { await Task.yield() }
        lane.close()
        await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
        store.release()
        guard case .opened = try await waiting.value else { throw Fault() }
        #expect(store.inner.contents.sessions.count == 1)
    }
}
