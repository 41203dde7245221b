import Dispatch
import Synchronization
import Testing
import TokenCore
import TokenTesting

struct CommitLaneTests {
    /// A store whose disk can be stopped and broken.
    final class FailingStore: Store {
        struct Broken: Error {}

        let inner = MemoryStore()
        let gate = DispatchSemaphore(value: 0)
        let entered = Mutex(0)
        let isStalled = Mutex(false)
        let isBroken = Mutex(false)

        func transaction<Outcome>(
            at now: Timestamp, rules: SessionRules, prefetching _: RowKeys, _ body: (inout Transaction) throws -> Outcome
        ) throws -> Outcome {
            entered.withLock { $0 += 1 }
            if isStalled.withLock({ $0 }) { gate.wait() }
            if isBroken.withLock({ $0 }) { throw Broken() }
            return try inner.transaction(at: now, rules: rules, body)
        }

        func session(_ id: SessionID) async throws -> Session? { try await inner.session(id) }
        func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session] { [] }
        func subject(_ id: SubjectID) async throws -> SubjectRecord? { nil }
        func subject(usernameKey: String) async throws -> SubjectRecord? { nil }
        func users(after name: String, limit: Int) async throws -> [SubjectRecord] { [] }
        func signingKeys() async throws -> [SigningKeyRecord] { [] }
        func client(_ id: ClientID) async throws -> ClientRecord? { nil }
        func clients() async throws -> [ClientRecord] { [] }
        func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent] { [] }
        func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
            RevocationPage(entries: [], newest: 0, collected: 0)
        }
    }

    private func lane(_ store: any Store, queueLimit: Int = 100) -> CommitLane {
        CommitLane(
            store: store, rules: TestService(store: MemoryStore()).sessions.rules, clock: TestClock().clock,
            queueLimit: queueLimit)
    }

    @Test func `a broken store fails its callers and no one after them`() async throws {
        let store = FailingStore()
        let lane = lane(store)
        store.isBroken.withLock { $0 = true }
        await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
        store.isBroken.withLock { $0 = false }
        try await lane.submit(WriteProbe())
    }

    @Test func `a closed lane refuses`() async throws {
        let lane = lane(FailingStore())
        lane.close()
        await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
    }

    @Test func `a full queue refuses at once and those who wait are answered`() async throws {
        let store = FailingStore()
        store.isStalled.withLock { $0 = true }
        let lane = lane(store, queueLimit: 8)
        try await withThrowingTaskGroup { group in
            // One is being committed, eight wait.
            group.addTask { try await lane.submit(WriteProbe()) }
            while store.entered.withLock({ $0 }) == 0 { await Task.yield() }
            for _ in 0..<8 { group.addTask { try await lane.submit(WriteProbe()) } }
            while lane.depth < 8 { await Task.yield() }
            await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
            store.isStalled.withLock { $0 = false }
            store.gate.signal()
            try await group.waitForAll()
        }
        #expect(lane.depth == 0)
        #expect(store.entered.withLock { $0 } == 2)
    }

    @Test func `an outcome is told only after the commit`() async throws {
        let store = FailingStore()
        let service = TestService(store: store)
        let (session, _) = try await service.open()
        #expect(try await store.session(session.record.id) != nil)
        store.isBroken.withLock { $0 = true }
        await #expect(throws: Unavailable.self) { try await service.open("nobody") }
        #expect(store.inner.contents.sessions.count == 1)
    }
}
