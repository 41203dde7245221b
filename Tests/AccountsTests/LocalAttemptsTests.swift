import Accounts
import Testing
import TokenCore
import TokenTesting

struct LocalAttemptsTests {
    @Test(arguments: AttemptCountersConformance.promises)
    func `counters in memory keep the promise`(promise: AttemptCountersConformance.Promise) async throws {
        try await promise.check(AttemptCountersConformance { LocalAttempts($0) })
    }

    @Test func `logins to one account from many places displace no place of another one`() {
        let attempts = LocalAttempts(LoginLimits(perAccount: 1, perAddress: 1, windowSeconds: 60))
        let now = Timestamp(seconds: 1_800_000_000)
        let home = AttemptKey.familiar(account: "ada", place: "home")
        attempts.remember(home, at: now)
        for index in 0..<70_000 { attempts.remember(.familiar(account: "eve", place: "\(index)"), at: now) }
        #expect(attempts.isFamiliar(home, at: now))
        #expect(attempts.isFamiliar(.familiar(account: "eve", place: "69999"), at: now))
        #expect(!attempts.isFamiliar(.familiar(account: "eve", place: "0"), at: now))
    }

    @Test func `the accounts that are remembered are limited`() {
        let attempts = LocalAttempts(LoginLimits(perAccount: 1, perAddress: 1, windowSeconds: 60))
        let now = Timestamp(seconds: 1_800_000_000)
        for index in 0..<70_000 { attempts.remember(.familiar(account: "\(index)", place: "home"), at: now) }
        let known = (0..<70_000).count { attempts.isFamiliar(.familiar(account: "\($0)", place: "home"), at: now) }
        #expect((49_152...65_536).contains(known))
        #expect(attempts.isFamiliar(.familiar(account: "69999", place: "home"), at: now))
    }
}
