import Foundation

/// Which seeds to run: `SEEDS` of them from `SEED` on, as the environment says.
enum Seeds {
    /// Runs `body` for each of the seeds, as many at a time as there are cores.
    ///
    /// - Parameter share: one of how many to run, where the environment says how many there are.
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
