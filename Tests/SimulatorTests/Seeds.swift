import Foundation

/// Which seeds to run: `SEEDS` of them from `SEED` on, as the environment says.
enum Seeds {
    static func chosen(_ count: UInt64) -> Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["SEED"].flatMap(UInt64.init) ?? 1
        return first..<first + (environment["SEEDS"].flatMap(UInt64.init) ?? count)
    }
}
