import Dispatch
import Synchronization
import Testing
import TokenCore
import TokenTesting

@Suite("Commit lane")
struct CommitLaneTests {
    private struct Unreadable: Error {}

    /// Holds its transaction, so that a batch gathers behind it.
    private final class Gate: Command {
        let isReached = Mutex(false)
        let opening = DispatchSemaphore(value: 0)

        func apply(to transaction: inout Transaction) throws {
            isReached.withLock { $0 = true }
            opening.wait()
        }
    }

    private struct Note: Command {
        let detail: String
        func apply(to transaction: inout Transaction) throws { transaction.record(EventRecord(.login, at: transaction.now, detail: detail)) }
    }

    private struct ReadCorruptRow: Command {
        func apply(to transaction: inout Transaction) throws {
            transaction.record(EventRecord(.login, at: transaction.now, detail: "corrupt"))
            throw Unreadable()
        }
    }

    @Test("A command that the store fails on does not spoil its neighbours in the batch")
    func neighbours() async throws {
        let store = MemoryStore()
        let clock = SimulatedClock(Timestamp(seconds: 1_800_000_000))
        let key = try #require(MasterKey(bytes: repeatElement(7, count: MasterKey.byteCount)))
        let rule = RotationRule(policy: RotationPolicy(), keys: RefreshTokenKeys(MasterKeyRing(current: key)))
        let lane = CommitLane(
            store: store, rules: SessionRules(rotation: rule, accessTokenLifetimeSeconds: 600), clock: { clock.now },
            stallLimit: .seconds(600))
        let gate = Gate()

        let first = Task { try await lane.submit(gate) }
        while !gate.isReached.withLock({ $0 }) { await Task.yield() }
        let before = Task { try await lane.submit(Note(detail: "one")) }
        let corrupt = Task { try await lane.submit(ReadCorruptRow()) }
        let after = Task { try await lane.submit(Note(detail: "two")) }
        while lane.depth < 3 { await Task.yield() }
        gate.opening.signal()
        for task in [first, before, after] { try await task.value }
        await #expect(throws: Unavailable.self) { try await corrupt.value }

        let details = try await store.events(of: nil, limit: 10).compactMap(\.detail)
        #expect(Set(details) == ["one", "two"])
    }
}
