import Synchronization
package import TokenCore

extension Entropy {
    /// Randomness of a ``SeededGenerator``.
    package static func seeded(_ seed: UInt64) -> Entropy {
        let generator = SharedGenerator(seed: seed)
        return Entropy { generator.next() }
    }
}

private final class SharedGenerator: Sendable {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    func next() -> UInt64 { generator.withLock { $0.next() } }
}
