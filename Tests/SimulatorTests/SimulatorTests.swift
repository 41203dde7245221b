import Testing
import TokenTesting

@Suite("Simulator")
struct SimulatorTests {
    @Test("No seed finds a false logout, an unseen thief, a lost answer or a revived session")
    func memory() async throws {
        try await Seeds.each(of: 3000) { seed in try await Simulation(seed: seed).run() }
    }

    @Test("Nor on SQLite, whose file is copied as it stands when the process dies")
    func sqlite() async throws {
        try await Seeds.each(of: 60, share: 50) { seed in try await Simulation(seed: seed) { try SQLiteDisk() }.run() }
    }

    @Test("Nor on PostgreSQL, whose connections break in the commit")
    func postgres() async throws {
        try await Seeds.each(of: 16, share: 200) { seed in
            try await Simulation(seed: seed) { try PostgresDisk() }.run()
        }
    }

    @Test("Each mistake is found within a hundred seeds", arguments: Mutation.allCases)
    func mutations(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation).fails() {
            seed += 1
            try #require(seed <= 100, "\(mutation) was not found")
        }
        #expect(try await !Simulation(seed: seed).fails(), "seed \(seed) goes wrong without \(mutation) too")
    }

    @Test("On SQLite too", arguments: [Mutation.consumedApart, .answeredBeforeDurable, .killRolledBack])
    func mutationsOnSQLite(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation, on: { try SQLiteDisk() }).fails() {
            seed += 1
            try #require(seed <= 20, "\(mutation) was not found")
        }
    }

    @Test("On PostgreSQL too", arguments: [Mutation.consumedApart, .killRolledBack])
    func mutationsOnPostgres(mutation: Mutation) async throws {
        var seed: UInt64 = 1
        while try await !Simulation(seed: seed, mutation: mutation, on: { try PostgresDisk() }).fails() {
            seed += 1
            try #require(seed <= 20, "\(mutation) was not found")
        }
    }

    @Test("A mistake's history is short")
    func shrinking() async throws {
        await #expect(throws: SimulationFailure.self) {
            for seed in 1...500 as ClosedRange<UInt64> {
                do {
                    try await Simulation(seed: seed, mutation: .retryForks).run()
                } catch let failure as SimulationFailure {
                    #expect(failure.left <= 6, "\(failure)")
                    throw failure
                }
            }
        }
    }

    @Test("The seeds reach every answer and every way to die")
    func reach() async throws {
        var text = ""
        for seed in 1...200 as ClosedRange<UInt64> { text += try await Simulation(seed: seed).run().description }
        let answers = [
            "refused: malformed", "refused: unknown", "refused: otherClient", "refused: revoked", "refused: expired",
            "refused: reuse", "refused: rollback", "ended", "nothing to end", "changed", "stale", "done", "no answer",
        ]
        for answer in answers { #expect(text.contains("→ \(answer)\n"), "\(answer) never comes about") }
        for point in CrashPoint.allCases { #expect(text.contains("dies \(point.rawValue) the transaction")) }
    }

    @Test("The same seed gives the same history", arguments: 1...50 as ClosedRange<UInt64>)
    func replay(seed: UInt64) async throws {
        let first = try await Simulation(seed: seed).run()
        #expect(try await Simulation(seed: seed).run() == first)
    }
}
