/// A run that went wrong, cut down to the steps that it takes.
package struct SimulationFailure: Error, CustomStringConvertible {
    package let seed: UInt64
    package let violation: Violation
    package let history: History
    /// How many steps the run had.
    package let steps: Int
    /// How many of them are left.
    package let left: Int

    package var description: String {
        """
        seed \(seed): \(violation)
        \(left) of \(steps) steps are enough:
        \(history)
        to see it again: make simulate SEED=\(seed) SEEDS=1
        """
    }
}
