import Synchronization
import Testing
import TokenCore

struct GatheringTests {
    struct Mishap: Error {}

    /// Numbers its judgements.
    final class Judge: Sendable {
        private let count = Mutex(0)
        var judgements: Int { count.withLock { $0 } }
        func judge() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    let judge = Judge()

    @Test func `without patience each is judged by itself`() async throws {
        let gathering = Gathering<Int, Int>(patience: .zero)
        for expected in 1...3 { #expect(try await gathering.present(1) { judge.judge() } == expected) }
    }

    @Test func `the first is judged at once and those who come together are judged as one`() async throws {
        let gathering = Gathering<Int, Int>(patience: .milliseconds(300))
        #expect(try await gathering.present(1) { judge.judge() } == 1)
        let outcomes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { try await gathering.present(1) { judge.judge() } } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(outcomes.count == 64 && !outcomes.contains(1))
        // One group, or a few on a machine so busy that some came late; never one judgement each.
        #expect(judge.judgements < 32)
    }

    @Test func `no answer is older than its question`() async throws {
        let gathering = Gathering<Int, Int>(patience: .milliseconds(1))
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<50 {
                        let asked = judge.judgements
                        let answer = try await gathering.present(1) { judge.judge() }
                        #expect(answer > asked)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `keys are judged apart`() async throws {
        let gathering = Gathering<Int, Int>(patience: .milliseconds(300))
        let outcomes = try await withThrowingTaskGroup(of: Int.self) { group in
            for key in 0..<20 { group.addTask { try await gathering.present(key) { judge.judge() } } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(Set(outcomes) == Set(1...20))
    }

    @Test func `an error reaches everyone and is not remembered`() async throws {
        let gathering = Gathering<Int, Int>(patience: .milliseconds(50))
        await #expect(throws: Mishap.self) { try await gathering.present(1) { throw Mishap() } }
        await withTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    await #expect(throws: Mishap.self) { try await gathering.present(1) { throw Mishap() } }
                }
            }
        }
        #expect(try await gathering.present(1) { judge.judge() } == 1)
    }

    @Test func `one who gives up does not leave the others waiting`() async throws {
        let gathering = Gathering<Int, Int>(patience: .seconds(3600))
        _ = try await gathering.present(1) { judge.judge() }
        let leader = Task { try await gathering.present(1) { judge.judge() } }
        let member = Task { try await gathering.present(1) { judge.judge() } }
        // Whichever of them leads would wait for an hour.
        leader.cancel()
        member.cancel()
        #expect(try await leader.value > 1)
        #expect(try await member.value > 1)
    }
}
