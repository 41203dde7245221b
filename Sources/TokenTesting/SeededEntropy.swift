import Synchronization
package import TokenCore

/// Randomness that a seed decides (SplitMix64).
package final class SeededEntropy: RandomNumberGenerator, Sendable {
    private let state: Mutex<UInt64>

    package init(seed: UInt64) { state = Mutex(seed) }

    package func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    package var entropy: Entropy { Entropy { self.next() } }
}
