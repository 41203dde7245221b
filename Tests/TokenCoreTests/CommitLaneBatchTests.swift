import Dispatch
import Synchronization
import Testing
import TokenCore
import TokenTesting

/// What commands share that share a transaction.
struct CommitLaneBatchTests {
    struct Fault: Error {}

    /// Fails as if the store had failed under it.
    struct Fault: Command {
        func apply(to transaction: inout Transaction) throws { throw Fault() }
    }

    let store = CommitLaneTests.FailingStore()

    private func lane(batchLimit: Int = 512, stallLimit: Duration = .seconds(3600)) -> CommitLane {
        CommitLane(
            store: store, rules: TestService(store: MemoryStore()).sessions.rules, clock: TestClock().clock,
            batchLimit: batchLimit, stallLimit: stallLimit)
    }

    /// Holds the disk, lets `commands` queue up in their order behind one that is being committed, and lets go.
    private func together<C: Command>(_ commands: [C], in lane: CommitLane) async -> [Result<C.Outcome, any Error>] {
        store.isStalled.withLock { $0 = true }
        return await withTaskGroup(of: (Int, Result<C.Outcome, any Error>)?.self) { group in
            group.addTask {
                _ = try? await lane.submit(WriteProbe())
                return nil
            }
            while store.entered.withLock({ $0 }) == 0 { await Task.yield() }
            for (index, command) in commands.enumerated() {
                group.addTask {
                    do {
                        return (index, .success(try await lane.submit(command)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
                while lane.depth <= index { await Task.yield() }
            }
            store.isStalled.withLock { $0 = false }
            store.gate.signal()
            var outcomes: [(Int, Result<C.Outcome, any Error>)] = []
            for await case let outcome? in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func login(_ name: String, seed: UInt64) -> OpenSession {
        OpenSession(
            subject: SubjectID(name), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: [], entropy: SeededEntropy(seed: seed).entropy)
    }

    @Test func `what queued up shares one transaction`() async throws {
        let lane = lane()
        let outcomes = await together((0..<20).map { login("ada", seed: $0) }, in: lane)
        for outcome in outcomes { guard case .opened = try outcome.get() else { throw Fault() } }
        #expect(store.entered.withLock { $0 } == 2)
        #expect(store.inner.contents.subjects[SubjectID("ada")]?.openSessions == 20)
    }

    @Test func `a transaction takes no more than its share`() async throws {
        let lane = lane(batchLimit: 3)
        let outcomes = await together((0..<10).map { login("ada", seed: $0) }, in: lane)
        for outcome in outcomes { _ = try outcome.get() }
        #expect(store.entered.withLock { $0 } == 1 + 4)
    }

    @Test func `commands are applied in the order they came`() async throws {
        let opened = await together([login("ada", seed: 1)], in: lane())
        guard case .opened(let session, _) = try opened[0].get() else { throw Fault() }
        let other = CommitLaneBatchTests()
        other.store.inner.contents = store.inner.contents
        let end = EndSession(session.record.id, reason: .logout)
        let outcomes = try await other.together([end, end, end], in: other.lane()).map { try $0.get() }
        #expect(outcomes == [.ended, .notFound, .notFound])
    }

    @Test func `when the store fails under one, all of the transaction hear it and nothing was changed`() async throws {
        let lane = lane()
        store.isBroken.withLock { $0 = true }
        let outcomes = await together((0..<5).map { login("ada", seed: $0) }, in: lane)
        for outcome in outcomes { #expect(throws: Unavailable.self) { try outcome.get() } }
        #expect(store.inner.contents.sessions.isEmpty)
        store.isBroken.withLock { $0 = false }
        await #expect(throws: Unavailable.self) { try await lane.submit(Fault()) }
        #expect(try await lane.submit(EndAllSessions(by: .administrator(SubjectID("ada")))) == .refused(.unknown))
    }

    @Test func `while the disk does not come back, callers are refused at once`() async throws {
        let lane = lane(stallLimit: .zero)
        store.isStalled.withLock { $0 = true }
        let first = Task { try await lane.submit(WriteProbe()) }
        while store.entered.withLock({ $0 }) == 0 { await Task.yield() }
        let error = await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
        guard case .stalled? = error else {
            Issue.record("\(error as Any)")
            return
        }
        store.isStalled.withLock { $0 = false }
        store.gate.signal()
        try await first.value
        try await lane.submit(WriteProbe())
    }

    @Test func `what waits when the lane closes is still committed`() async throws {
        let lane = lane()
        store.isStalled.withLock { $0 = true }
        let waiting = Task { try await lane.submit(login("ada", seed: 1)) }
        while store.entered.withLock({ $0 }) == 0 { await Task.yield() }
        lane.close()
        await #expect(throws: Unavailable.self) { try await lane.submit(WriteProbe()) }
        store.isStalled.withLock { $0 = false }
        store.gate.signal()
        guard case .opened = try await waiting.value else { throw Fault() }
        #expect(store.inner.contents.sessions.count == 1)
    }
}
