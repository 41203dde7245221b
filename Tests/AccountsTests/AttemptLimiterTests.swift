import Accounts
import Testing
import TokenCore

struct AttemptLimiterTests {
    let start = Timestamp(seconds: 1_800_000_000)

    @Test func `so many per window, then one at a time as the window goes by`() {
        let limiter = AttemptLimiter<String>(limit: 5, windowSeconds: 100)
        for _ in 0..<5 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start) == 20)
        #expect(limiter.take("b", at: start) == nil)
        #expect(limiter.take("a", at: start + 19) == 1)
        #expect(limiter.take("a", at: start + 20) == nil)
        #expect(limiter.take("a", at: start + 20) == 20)
        for _ in 0..<5 { #expect(limiter.take("a", at: start + 120) == nil) }
        #expect(limiter.take("a", at: start + 120) == 20)
    }

    /// Waiting as long as one is told is enough, and being refused costs nothing.
    @Test func `the wait that is told is the wait that is needed`() {
        let limiter = AttemptLimiter<String>(limit: 7, windowSeconds: 300)
        var now = start
        for _ in 0..<7 { #expect(limiter.take("a", at: now) == nil) }
        for _ in 0..<50 {
            guard let wait = limiter.take("a", at: now) else {
                Issue.record("not limited")
                return
            }
            for _ in 0..<20 { #expect(limiter.take("a", at: now) == wait) }
            now = now + wait
            #expect(limiter.take("a", at: now) == nil)
        }
    }

    @Test func `zero turns it off`() {
        let limiter = AttemptLimiter<String>(limit: 0, windowSeconds: 100)
        for _ in 0..<1000 { #expect(limiter.take("a", at: start) == nil) }
    }

    @Test func `what is given back was never taken, and no more than that`() {
        let limiter = AttemptLimiter<String>(limit: 2, windowSeconds: 100)
        for _ in 0..<100 {
            #expect(limiter.take("a", at: start) == nil)
            limiter.refund("a", at: start)
            limiter.refund("a", at: start)
        }
        for _ in 0..<2 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start) != nil)
    }

    @Test func `a clock that goes back neither locks out nor lets through`() {
        let limiter = AttemptLimiter<String>(limit: 2, windowSeconds: 100)
        for _ in 0..<2 { #expect(limiter.take("a", at: start) == nil) }
        #expect(limiter.take("a", at: start + -3600) == 50)
        #expect(limiter.take("a", at: start + 50) == nil)
    }

    @Test func `memory is bounded and those who just failed are not forgotten`() {
        let limiter = AttemptLimiter<Int>(limit: 1, windowSeconds: 1000, capacity: 100)
        for key in 0..<10_000 { #expect(limiter.take(key, at: start + key / 100) == nil) }
        #expect(limiter.take(9_999, at: start + 100) != nil)
        #expect(limiter.take(0, at: start + 100) == nil)
    }
}

struct LoginThrottleTests {
    let start = Timestamp(seconds: 1_800_000_000)
    let home = ClientAddress("192.0.2.1")

    @Test func `one address cannot try many accounts`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 10, perAddress: 3, windowSeconds: 60)))
        for index in 0..<3 { #expect(try await throttle.take(account: "\(index)", address: home, at: start) == nil) }
        #expect(try await throttle.take(account: "new", address: home, at: start) == 20)
        #expect(try await throttle.take(account: "new", address: ClientAddress("192.0.2.2"), at: start) == nil)
    }

    @Test func `many addresses cannot try one account`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 3, perAddress: 10, windowSeconds: 60)))
        for index in 0..<3 {
            #expect(
                try await throttle.take(account: "ada", address: ClientAddress("10.0.0.\(index)"), at: start) == nil)
        }
        #expect(try await throttle.take(account: "ada", address: ClientAddress("10.0.1.1"), at: start) == 20)
        // What was refused for the account is not held against the address.
        for index in 0..<10 {
            #expect(try await throttle.take(account: "\(index)", address: ClientAddress("10.0.1.1"), at: start) == nil)
        }
    }

    @Test func `a familiar address has a limit of its own, which is a limit too`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 2, perAddress: 0, windowSeconds: 60)))
        #expect(try await throttle.take(account: "ada", address: home, at: start) == nil)
        await throttle.succeeded(account: "ada", address: home, at: start)
        for index in 0..<5 {
            _ = try await throttle.take(account: "ada", address: ClientAddress("10.0.0.\(index)"), at: start)
        }
        #expect(try await throttle.take(account: "ada", address: ClientAddress("10.0.0.9"), at: start) != nil)
        for _ in 0..<2 { #expect(try await throttle.take(account: "ada", address: home, at: start) == nil) }
        #expect(try await throttle.take(account: "ada", address: home, at: start) != nil)
        // Familiar to one account is not familiar to another.
        for _ in 0..<2 { #expect(try await throttle.take(account: "eve", address: home, at: start) == nil) }
        #expect(try await throttle.take(account: "eve", address: home, at: start) != nil)
    }

    @Test func `right logins use nothing up`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 1, windowSeconds: 60)))
        for _ in 0..<20 {
            #expect(try await throttle.take(account: "ada", address: home, at: start) == nil)
            await throttle.succeeded(account: "ada", address: home, at: start)
        }
    }
}
