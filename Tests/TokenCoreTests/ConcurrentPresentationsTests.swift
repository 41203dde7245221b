import Synchronization
import Testing
import TokenCore

struct ConcurrentPresentationsTests {
    struct Fault: Error {}

    private func isConcurrent(_ key: Int, in presentations: ConcurrentPresentations<Int>) async throws -> Bool {
        try await presentations.present(key) {
            $0
        } isRetry: { _ in
            false
        }
    }

    @Test func `without holdBack each presentation stands for itself`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .zero)
        let inner = try await presentations.present(1) { isConcurrent in
            #expect(!isConcurrent)
            return try await self.isConcurrent(1, in: presentations)
        } isRetry: { _ in
            true
        }
        #expect(!inner)
    }

    @Test func `who comes while another is on its way is its companion`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .seconds(3600))
        let seen = try await presentations.present(1) { isConcurrent in
            [
                isConcurrent, try await self.isConcurrent(1, in: presentations), try await self.isConcurrent(2, in: presentations),
                try await self.isConcurrent(1, in: presentations),
            ]
        } isRetry: { _ in
            false
        }
        #expect(seen == [false, true, false, true])
        // It has been answered, at once, for it was no retry: the next one stands for itself.
        #expect(try await !isConcurrent(1, in: presentations))
    }

    @Test func `an error lets the next one stand for itself`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .seconds(3600))
        await #expect(throws: Fault.self) {
            try await presentations.present(1) { _ -> Bool in
                throw Fault()
            } isRetry: { _ in
                true
            }
        }
        #expect(try await !isConcurrent(1, in: presentations))
    }

    @Test func `a retry is held back for others to join, and whoever gives up waits no longer`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .seconds(3600))
        let judged = Flag()
        let leader = Task {
            try await presentations.present(1) { isConcurrent in
                judged.raise()
                return isConcurrent
            } isRetry: { _ in
                true
            }
        }
        while !judged.isRaised { await Task.yield() }
        #expect(try await isConcurrent(1, in: presentations))
        leader.cancel()
        #expect(try await leader.value == false)
        #expect(try await !isConcurrent(1, in: presentations))
    }

    @Test func `of many at once one at a time leads`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .milliseconds(1))
        let leaders = Leaders()
        try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask {
                    try await presentations.present(1) { isConcurrent in
                        guard !isConcurrent else { return }
                        leaders.enter()
                        await Task.yield()
                        leaders.leave()
                    } isRetry: { _ in
                        true
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(leaders.most == 1)
    }

    /// How many lead at the same time.
    final class Leaders: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }
        func enter() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { counts.withLock { $0.now -= 1 } }
    }

    /// Something that has happened.
    final class Flag: Sendable {
        private let state = Atomic(false)
        var isRaised: Bool { state.load(ordering: .acquiring) }
        func raise() { state.store(true, ordering: .releasing) }
    }
}
