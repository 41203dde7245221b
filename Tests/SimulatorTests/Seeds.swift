import Foundation

/// Which seeds to run: `SEEDS` of them from `SEED` on, as the environment says.
enum Seeds {
    /// - Parameter share: one of how many to run, where the environment says how many there are.
    static func chosen(_ count: UInt64, share: UInt64 = 1) -> Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["SEED"].flatMap(UInt64.init) ?? 1
        return first..<first + (environment["SEEDS"].flatMap(UInt64.init).map { max(1, $0 / share) } ?? count)
    }
}
