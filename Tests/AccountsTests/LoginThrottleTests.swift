import Accounts
import Testing
import TokenCore

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
        // Attempts that the account limit refuses do not count against the address.
        for index in 0..<10 {
            #expect(try await throttle.take(account: "\(index)", address: ClientAddress("10.0.1.1"), at: start) == nil)
        }
    }

    @Test func `a familiar address has a limit of its own`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 2, perAddress: 0, windowSeconds: 60)))
        #expect(try await throttle.take(account: "ada", address: home, at: start) == nil)
        await throttle.succeeded(account: "ada", address: home, at: start)
        for index in 0..<5 {
            _ = try await throttle.take(account: "ada", address: ClientAddress("10.0.0.\(index)"), at: start)
        }
        #expect(try await throttle.take(account: "ada", address: ClientAddress("10.0.0.9"), at: start) != nil)
        for _ in 0..<2 { #expect(try await throttle.take(account: "ada", address: home, at: start) == nil) }
        #expect(try await throttle.take(account: "ada", address: home, at: start) != nil)
        // An address that is familiar to one account is not familiar to another.
        for _ in 0..<2 { #expect(try await throttle.take(account: "eve", address: home, at: start) == nil) }
        #expect(try await throttle.take(account: "eve", address: home, at: start) != nil)
    }

    @Test func `an address that is unknown has no limit and is not familiar`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 2, perAddress: 1, windowSeconds: 60)))
        for index in 0..<5 {
            #expect(try await throttle.take(account: "\(index)", address: .unknown, at: start) == nil)
        }
        #expect(try await throttle.take(account: "ada", address: .unknown, at: start) == nil)
        await throttle.succeeded(account: "ada", address: .unknown, at: start)
        // The limit of the account is that of all who are unknown.
        for _ in 0..<2 { #expect(try await throttle.take(account: "ada", address: .unknown, at: start) == nil) }
        #expect(try await throttle.take(account: "ada", address: .unknown, at: start) == 30)
        #expect(try await throttle.take(account: "ada", address: home, at: start) == 30)
        await throttle.refund(account: "ada", address: .unknown, at: start)
        #expect(try await throttle.take(account: "ada", address: home, at: start) == nil)
    }

    @Test func `successful logins do not count`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 1, windowSeconds: 60)))
        for _ in 0..<20 {
            #expect(try await throttle.take(account: "ada", address: home, at: start) == nil)
            await throttle.succeeded(account: "ada", address: home, at: start)
        }
    }
}
