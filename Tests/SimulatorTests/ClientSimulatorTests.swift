import Simulator
import Testing

struct ClientSimulatorTests {
    @Test func `no seed signs a client out that keeps the rules`() async throws {
        try await Seeds.each(of: 2000) { seed in try await ClientSimulation(seed: seed).run() }
    }

    @Test(arguments: ClientMutation.allCases)
    func `each mistake of a client is found within two hundred seeds`(mutation: ClientMutation) async throws {
        var seed: UInt64 = 1
        while try await !ClientSimulation(seed: seed, mutation: mutation).fails() {
            seed += 1
            try #require(seed <= 200, "\(mutation) was not found")
        }
        #expect(try await !ClientSimulation(seed: seed).fails(), "seed \(seed) fails without \(mutation) too")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func `equal seeds give equal histories`(seed: UInt64) async throws {
        let first = try await ClientSimulation(seed: seed).run()
        #expect(try await ClientSimulation(seed: seed).run() == first)
    }
}
