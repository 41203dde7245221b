import Accounts
import Testing
import TokenCore

struct AttemptLimiterTests {
    let start = Timestamp(seconds: 1_800_000_000)

    @Test func `memory is limited and recent keys are kept`() {
        let limiter = AttemptLimiter<Int>(limit: 1, windowSeconds: 1000, capacity: 100)
        for key in 0..<10_000 { #expect(limiter.take(key, at: start + key / 100) == nil) }
        #expect(limiter.take(9_999, at: start + 100) != nil)
        #expect(limiter.take(0, at: start + 100) == nil)
    }
}
