import Foundation

/// The seeds to run. The environment variable `SEEDS` sets their number and `SEED` the first one.
enum Seeds {
    /// Runs `body` for each seed, as many at a time as there are cores.
    ///
    /// - Parameters:
    ///   - count: the number of seeds when the environment does not set it.
    ///   - share: what the number from the environment is divided by.
    static func each(
        of count: UInt64, share: UInt64 = 1, _ body: @escaping @Sendable (UInt64) async throws -> Void
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["SEED"].flatMap(UInt64.init) ?? 1
        let wanted = environment["SEEDS"].flatMap(UInt64.init).map { max(1, $0 / share) } ?? count
        let cores = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for core in 0..<cores {
                group.addTask {
                    for seed in stride(from: first + core, to: first + wanted, by: Int(cores)) {
                        try Task.checkCancellation()
                        try await body(seed)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
