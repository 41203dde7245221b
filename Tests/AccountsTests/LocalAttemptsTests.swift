import Accounts
import Testing
import TokenTesting

struct LocalAttemptsTests {
    @Test(arguments: AttemptCountersConformance.promises)
    func `counters in memory keep the promise`(promise: AttemptCountersConformance.Promise) async throws {
        try await promise.check(AttemptCountersConformance { LocalAttempts($0) })
    }
}
