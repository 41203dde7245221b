/// A failed run, reduced to the steps that are needed.
package struct SimulationFailure: Error, CustomStringConvertible {
    let seed: UInt64
    let violation: Violation
    let history: History
    /// The number of steps of the whole run.
    let steps: Int
    /// The number of steps that are left.
    package let remaining: Int

    package var description: String {
        """
        seed \(seed): \(violation)
        \(remaining) of \(steps) steps are enough:
        \(history)
        to repeat it: make simulate SEED=\(seed) SEEDS=1
        """
    }
}
