import Simulator
import Testing

struct SimulatorTests {
    @Test func `no seed finds a violation on the memory store`() async throws {
        try await Seeds.each(of: 3000) { seed in try await Simulation(seed: seed).run() }
    }

    @Test func `no seed finds a violation on SQLite`() async throws {
        try await Seeds.each(of: 60, share: 50) { seed in try await Simulation(seed: seed) { try SQLiteDisk() }.run() }
    }

    @Test func `no seed finds a violation on PostgreSQL`() async throws {
        try await Seeds.each(of: 16, share: 200) { seed in
            try await Simulation(seed: seed) { try PostgresDisk() }.run()
        }
    }

    @Test(arguments: Mutation.allCases)
    func `each mutation is found within a hundred seeds`(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation).fails() {
            seed += 1
            try #require(seed <= 100, "\(mutation) was not found")
        }
        #expect(try await !Simulation(seed: seed).fails(), "seed \(seed) fails without \(mutation) too")
    }

    @Test(arguments: [Mutation.consumedSeparately, .answeredBeforeDurable, .endRolledBack])
    func `mutations are found on SQLite within twenty seeds`(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation, on: { try SQLiteDisk() }).fails() {
            seed += 1
            try #require(seed <= 20, "\(mutation) was not found")
        }
    }

    @Test(arguments: [Mutation.consumedSeparately, .endRolledBack])
    func `mutations are found on PostgreSQL within twenty seeds`(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation, on: { try PostgresDisk() }).fails() {
            seed += 1
            try #require(seed <= 20, "\(mutation) was not found")
        }
    }

    @Test func `a failing run is reduced to a few steps`() async throws {
        await #expect(throws: SimulationFailure.self) {
            for seed in 1...500 as ClosedRange<UInt64> {
                do {
                    try await Simulation(seed: seed, mutation: .retryForks).run()
                } catch let failure as SimulationFailure {
                    #expect(failure.remaining <= 6, "\(failure)")
                    throw failure
                }
            }
        }
    }

    @Test func `the seeds reach every answer and every crash point`() async throws {
        var text = ""
        for seed in 1...200 as ClosedRange<UInt64> { text += try await Simulation(seed: seed).run().description }
        let answers = [
            "refused: malformed", "refused: unknown", "refused: otherClient", "refused: proof", "refused: revoked",
            "refused: expired",
            "refused: reuse", "refused: rollback", "ended", "not found", "changed", "stale", "done", "no answer",
        ]
        for answer in answers { #expect(text.contains("→ \(answer)\n"), "no run has the answer “\(answer)”") }
        for point in CrashPoint.allCases { #expect(text.contains("crashes \(point.rawValue) the transaction")) }
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>) func `equal seeds give equal histories`(seed: UInt64) async throws {
        let first = try await Simulation(seed: seed).run()
        #expect(try await Simulation(seed: seed).run() == first)
    }
}
