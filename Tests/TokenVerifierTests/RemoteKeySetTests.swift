import Synchronization
import Testing
import TokenVerifier

struct RemoteKeySetTests {
    /// Answers each request with an empty set, or fails.
    private final class KeyServer: VerifierTransport {
        struct Down: Error {}

        let isDown = Mutex(false)
        let count = Mutex(0)

        func get(
            _ url: String, headers: [(name: String, value: String)], timeout: Duration
        ) async throws -> VerifierAnswer {
            count.withLock { $0 += 1 }
            if isDown.withLock({ $0 }) { throw Down() }
            return VerifierAnswer(status: 200, body: Array(#"{"keys":[]}"#.utf8))
        }
    }

    private let server = KeyServer()
    private let clock = StoppedClock(at: 1_800_000_000, waiters: Waiters())

    private var fetches: Int { server.count.withLock { $0 } }

    @Test func `an unknown kid causes a fetch right after a scheduled one, then one in ten seconds`() async {
        let set = RemoteKeySet(url: "https://op.example/keys", transport: server, clock: clock.clock)
        await set.refresh()
        await set.refreshIfAllowed()
        #expect(fetches == 2)
        await set.refreshIfAllowed()
        clock.advance(by: .milliseconds(9999))
        await set.refreshIfAllowed()
        #expect(fetches == 2)
        await set.refresh()
        #expect(fetches == 3)
        clock.advance(by: .milliseconds(1))
        await set.refreshIfAllowed()
        await set.refreshIfAllowed()
        #expect(fetches == 4)
    }

    @Test func `the last set survives an outage and grows old`() async {
        let set = RemoteKeySet(url: "https://op.example/keys", transport: server, clock: clock.clock)
        server.isDown.withLock { $0 = true }
        await set.refresh()
        #expect(set.keys == nil && set.age == nil)
        server.isDown.withLock { $0 = false }
        await set.refresh()
        server.isDown.withLock { $0 = true }
        clock.advance(by: .seconds(60))
        await set.refresh()
        #expect(set.keys != nil && set.age == .seconds(60))
    }

    @Test func `an operation that takes too long is left`() async {
        await #expect(throws: Deadline.Exceeded.self) {
            try await Deadline.within(.seconds(1), sleep: { _ in }) {
                // It ignores its cancellation for a while.
                for _ in 0..<3 { try? await Task.sleep(for: .seconds(3600)) }
            }
        }
        let value = try? await Deadline.within(.seconds(3600)) { 7 }
        #expect(value == 7)
    }
}
