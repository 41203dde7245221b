import TokenCore

/// A run of the whole core that a seed determines: clients that lose answers, thieves, crashes, clock jumps, restores.
/// `docs/simulator.md` describes it.
package struct Simulation: Sendable {
    private let seed: UInt64
    private let steps: [Step]
    private let mutation: Mutation?
    private let makeDisk: @Sendable () throws -> any SimulatedDisk

    /// A run of `length` steps that the seed selects.
    package init(
        seed: UInt64, length: Int = 60, mutation: Mutation? = nil,
        on makeDisk: @escaping @Sendable () throws -> any SimulatedDisk = { MemoryDisk() }
    ) {
        var scenario = Scenario(seed: seed)
        self.init(scenario.steps(length), seed: seed, mutation: mutation, on: makeDisk)
    }

    /// A run of given steps; the seed determines ids and secrets only.
    package init(
        _ steps: [Step], seed: UInt64 = 0, mutation: Mutation? = nil,
        on makeDisk: @escaping @Sendable () throws -> any SimulatedDisk = { MemoryDisk() }
    ) {
        self.steps = steps
        self.seed = seed
        self.mutation = mutation
        self.makeDisk = makeDisk
    }

    /// Runs all steps.
    ///
    /// - Throws: ``SimulationFailure`` with the fewest steps that still fail.
    @discardableResult
    package func run() async throws -> History {
        let outcome = try await play(steps)
        guard let violation = outcome.violation else { return outcome.history }
        let shrunk = try await Shrinker(play: play).shrink(steps, violation)
        throw SimulationFailure(
            seed: seed, violation: shrunk.violation, history: shrunk.history, steps: steps.count,
            remaining: shrunk.steps.count)
    }

    /// Whether the run fails.
    package func fails() async throws -> Bool { try await play(steps).violation != nil }

    struct Outcome: Sendable {
        let history: History
        let violation: Violation?
    }

    @Sendable
    private func play(_ steps: [Step]) async throws -> Outcome {
        let disk = try makeDisk()
        let world = try await World(seed: seed, disk: disk, mutation: mutation)
        var violation: Violation?
        do {
            for step in steps { try await world.perform(step) }
            world.history.add("the end: every token of an ended session is presented once more")
            try await world.finalAudit()
        } catch let found as Violation {
            violation = found
        }
        try disk.close()
        return Outcome(history: world.history, violation: violation)
    }
}
