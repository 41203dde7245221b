package import Crypto

/// The current master key and those it replaced. What was made with a replaced key is still accepted; new things are
/// made with the current key.
package struct MasterKeyRing: Sendable {
    package let current: MasterKey
    package let previous: [MasterKey]

    package init(current: MasterKey, previous: [MasterKey] = []) {
        self.current = current
        self.previous = previous
    }

    /// The keys for a purpose, the current one first.
    package func derive(_ purpose: MasterKey.Purpose) -> [SymmetricKey] {
        ([current] + previous).map { $0.derive(purpose) }
    }
}
