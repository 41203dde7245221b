import Synchronization
import Testing
import SessionEngine
import TokenCore

struct ConcurrentPresentationsTests {
    struct Fault: Error {}

    private func isConcurrent(_ key: Int, in presentations: ConcurrentPresentations<Int>) async throws -> Bool {
        try await presentations.present(key, judge: { $0 }, isRetry: { _ in false })
    }

    @Test func `without holding back every presentation is counted`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .zero)
        let inner = try await presentations.present(1) { isConcurrent in
            #expect(!isConcurrent)
            return try await self.isConcurrent(1, in: presentations)
        } isRetry: { _ in
            true
        }
        #expect(!inner)
    }

    @Test func `a presentation during another one is concurrent`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .seconds(3600))
        let seen = try await presentations.present(1) { isConcurrent in
            [
                isConcurrent, try await self.isConcurrent(1, in: presentations),
                try await self.isConcurrent(2, in: presentations), try await self.isConcurrent(1, in: presentations),
            ]
        } isRetry: { _ in
            false
        }
        #expect(seen == [false, true, false, true])
        // The answer was not held back, because it was not to a retry.
        #expect(try await !isConcurrent(1, in: presentations))
    }

    @Test func `a presentation after a failed one is not concurrent`() async throws {
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

    @Test func `the answer to a retry is held back until the caller cancels`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .seconds(3600))
        let isJudged = Atomic(false)
        let leader = Task {
            try await presentations.present(1) { isConcurrent in
                isJudged.store(true, ordering: .releasing)
                return isConcurrent
            } isRetry: { _ in
                true
            }
        }
        while !isJudged.load(ordering: .acquiring) { await Task.yield() }
        #expect(try await isConcurrent(1, in: presentations))
        leader.cancel()
        #expect(try await leader.value == false)
        #expect(try await !isConcurrent(1, in: presentations))
    }

    @Test func `one of many parallel presentations is counted at a time`() async throws {
        let presentations = ConcurrentPresentations<Int>(holdBack: .milliseconds(1))
        let counted = Counted()
        try await withThrowingTaskGroup { group in
            for _ in 0..<64 {
                group.addTask {
                    try await presentations.present(1) { isConcurrent in
                        guard !isConcurrent else { return }
                        counted.enter()
                        await Task.yield()
                        counted.leave()
                    } isRetry: { _ in
                        true
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counted.most == 1)
    }

    /// The most presentations that are counted at the same time.
    final class Counted: Sendable {
        private let counts = Mutex((now: 0, most: 0))
        var most: Int { counts.withLock { $0.most } }
        func enter() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
        func leave() { counts.withLock { $0.now -= 1 } }
    }
}
