import TokenCore

/// A run of the whole core that one number decides: clients that lose answers, thieves, crashes, clocks, backups.
/// `docs/simulator.md` tells how to read one.
package struct Simulation: Sendable {
    package let seed: UInt64
    package let steps: [Step]
    private let mutation: Mutation?
    private let makeDisk: @Sendable () throws -> any SimulatedDisk

    package init(
        seed: UInt64, length: Int = 60, mutation: Mutation? = nil,
        on makeDisk: @escaping @Sendable () throws -> any SimulatedDisk = { MemoryDisk() }
    ) {
        var scenario = Scenario(seed: seed)
        self.init(scenario.steps(length), seed: seed, mutation: mutation, on: makeDisk)
    }

    /// A run of these very steps; the seed makes only ids and secrets.
    package init(
        _ steps: [Step], seed: UInt64 = 0, mutation: Mutation? = nil,
        on makeDisk: @escaping @Sendable () throws -> any SimulatedDisk = { MemoryDisk() }
    ) {
        self.steps = steps
        self.seed = seed
        self.mutation = mutation
        self.makeDisk = makeDisk
    }

    /// Runs it to its end.
    ///
    /// - Throws: ``SimulationFailure``, shrunk.
    @discardableResult
    package func run() async throws -> History {
        let outcome = try await play(steps)
        guard let violation = outcome.violation else { return outcome.history }
        let shrunk = try await Shrinker(play: play).shrink(steps, violation)
        throw SimulationFailure(
            seed: seed, violation: shrunk.violation, history: shrunk.history, steps: steps.count,
            left: shrunk.steps.count)
    }

    /// Whether it goes wrong; does not shrink.
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
            for step in steps { try await world.take(step) }
            world.history.noted("the end: all that is over is tried once more")
            try await world.finalAudit()
        } catch let found as Violation {
            violation = found
        }
        try disk.close()
        return Outcome(history: world.history, violation: violation)
    }
}
