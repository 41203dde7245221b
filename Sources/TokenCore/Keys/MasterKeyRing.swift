package import Crypto

/// The master key in force and those it replaced: what was made under an older one is still honoured,
/// what is made now is made under the newest.
package struct MasterKeyRing: Sendable {
    package let current: MasterKey
    package let previous: [MasterKey]

    package init(current: MasterKey, previous: [MasterKey] = []) {
        self.current = current
        self.previous = previous
    }

    /// The keys for a purpose, the one in force first.
    package func derive(_ purpose: MasterKey.Purpose) -> [SymmetricKey] {
        ([current] + previous).map { $0.derive(purpose) }
    }
}
