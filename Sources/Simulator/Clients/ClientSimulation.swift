/// A run of the client library's core against the real service, which a seed determines: lost messages, processes that
/// are killed at any point, two processes on one store, full disks, wrong clocks, owners who come back after days.
/// `docs/simulator.md` describes it.
package struct ClientSimulation: Sendable {
    private let seed: UInt64
    private let steps: [ClientStep]
    private let mutation: ClientMutation?

    /// A run of `length` steps that the seed selects.
    package init(seed: UInt64, length: Int = 120, mutation: ClientMutation? = nil) {
        var scenario = ClientScenario(seed: seed)
        self.init(scenario.steps(length), seed: seed, mutation: mutation)
    }

    /// A run of given steps; the seed determines ids and secrets only.
    package init(_ steps: [ClientStep], seed: UInt64 = 0, mutation: ClientMutation? = nil) {
        self.steps = steps
        self.seed = seed
        self.mutation = mutation
    }

    /// Runs all steps.
    ///
    /// - Throws: ``SimulationFailure`` with steps none of which can be left out.
    @discardableResult
    package func run() async throws -> History {
        var (history, violation) = try await play(steps)
        guard var found = violation else { return history }
        var needed = steps
        var index = needed.count
        while index > 0 {
            index -= 1
            var shorter = needed
            shorter.remove(at: index)
            let result = try await play(shorter)
            guard let violation = result.violation else { continue }
            (needed, history, found) = (shorter, result.history, violation)
        }
        throw SimulationFailure(
            seed: seed, violation: found, history: history, steps: steps.count, remaining: needed.count)
    }

    /// Whether the run fails.
    package func fails() async throws -> Bool { try await play(steps).violation != nil }

    private func play(_ steps: [ClientStep]) async throws -> (history: History, violation: Violation?) {
        let world = try await ClientWorld(seed: seed, mutation: mutation)
        do {
            for step in steps { try await world.perform(step) }
            try await world.finish()
        } catch let violation as Violation {
            return (world.history, violation)
        }
        return (world.history, nil)
    }
}
