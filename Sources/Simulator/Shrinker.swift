/// Reduces a failing run: removes steps as long as the rest still fails.
struct Shrinker {
    let play: ([Step]) async throws -> Simulation.Outcome
    /// The most shorter runs to try.
    var attempts = 600

    struct Result {
        var steps: [Step]
        var violation: Violation
        var history: History
    }

    func shrink(_ steps: [Step], _ violation: Violation) async throws -> Result {
        var best = Result(steps: steps, violation: violation, history: History())
        var left = attempts
        var size = max(1, steps.count / 2)
        while left > 0 {
            var isShorter = false
            for candidate in candidates(best.steps, dropping: size) where left > 0 {
                left -= 1
                guard let result = try await failing(candidate) else { continue }
                best = result
                isShorter = true
                break
            }
            if !isShorter {
                if size == 1 { break }
                size /= 2
            }
        }
        return try await failing(best.steps) ?? best
    }

    private func failing(_ steps: [Step]) async throws -> Result? {
        let outcome = try await play(steps)
        return outcome.violation.map { Result(steps: steps, violation: $0, history: outcome.history) }
    }

    private func candidates(_ steps: [Step], dropping size: Int) -> [[Step]] {
        var candidates: [[Step]] = []
        for start in stride(from: steps.count - size, through: 0, by: -size) {
            candidates.append(Array(steps[..<start] + steps[(start + size)...]))
        }
        guard size == 1 else { return candidates }
        for (index, step) in steps.enumerated() {
            guard case .together(let group) = step else { continue }
            for inner in group.indices {
                var smaller = group
                smaller.remove(at: inner)
                var changed = steps
                changed[index] = smaller.count == 1 ? smaller[0] : .together(smaller)
                candidates.append(changed)
            }
        }
        return candidates
    }
}
