import Accounts
import Testing
import TokenCore

struct LoginThrottleTests {
    let start = Timestamp(seconds: 1_800_000_000)
    let home = ClientAddress("192.0.2.1")

    @Test func `one address cannot try many accounts`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 10, perAddress: 3, windowSeconds: 60)))
        for index in 0..<3 { #expect(try await throttle.wait(account: "\(index)", address: home, at: start) == nil) }
        #expect(try await throttle.wait(account: "new", address: home, at: start) == 20)
        #expect(try await throttle.wait(account: "new", address: ClientAddress("192.0.2.2"), at: start) == nil)
    }

    @Test func `many addresses cannot try one account`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 3, perAddress: 10, windowSeconds: 60)))
        for index in 0..<3 {
            #expect(
                try await throttle.wait(account: "ada", address: ClientAddress("10.0.0.\(index)"), at: start) == nil)
        }
        #expect(try await throttle.wait(account: "ada", address: ClientAddress("10.0.1.1"), at: start) == 20)
        // Attempts that the account limit refuses do not count against the address.
        for index in 0..<10 {
            #expect(try await throttle.wait(account: "\(index)", address: ClientAddress("10.0.1.1"), at: start) == nil)
        }
    }

    @Test func `a familiar address has a limit of its own`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 2, perAddress: 0, windowSeconds: 60)))
        try await throttle.logIn("ada", from: home, at: start)
        for index in 0..<5 {
            _ = try await throttle.wait(account: "ada", address: ClientAddress("10.0.0.\(index)"), at: start)
        }
        #expect(try await throttle.wait(account: "ada", address: ClientAddress("10.0.0.9"), at: start) != nil)
        for _ in 0..<2 { #expect(try await throttle.wait(account: "ada", address: home, at: start) == nil) }
        #expect(try await throttle.wait(account: "ada", address: home, at: start) != nil)
        // An address that is familiar to one account is not familiar to another.
        for _ in 0..<2 { #expect(try await throttle.wait(account: "eve", address: home, at: start) == nil) }
        #expect(try await throttle.wait(account: "eve", address: home, at: start) != nil)
    }

    @Test func `an address that is unknown has no limit and is not familiar`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 2, perAddress: 1, windowSeconds: 60)))
        for index in 0..<5 {
            #expect(try await throttle.wait(account: "\(index)", address: .unknown, at: start) == nil)
        }
        try await throttle.logIn("ada", from: .unknown, at: start)
        // All who are unknown share the limit of the account.
        for _ in 0..<2 { #expect(try await throttle.wait(account: "ada", address: .unknown, at: start) == nil) }
        #expect(try await throttle.wait(account: "ada", address: .unknown, at: start) == 30)
        #expect(try await throttle.wait(account: "ada", address: home, at: start) == 30)
    }

    @Test func `successful logins do not count`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 1, windowSeconds: 60)))
        for _ in 0..<20 {
            try await throttle.logIn("ada", from: home, at: start)
        }
    }

    private func addresses(_ count: Int, _ address: (Int) -> String) -> [ClientAddress] {
        (0..<count).map { ClientAddress(address($0)) }
    }

    @Test func `one IPv6 site cannot try many accounts from many networks`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 0, perAddress: 2, windowSeconds: 60)))
        for (index, address) in addresses(8, { "2001:db8:1:\($0)::1" }).enumerated() {
            #expect(try await throttle.wait(account: "\(index)", address: address, at: start) == nil)
        }
        let sameSite = ClientAddress("2001:db8:1:ff::1"), otherSite = ClientAddress("2001:db8:1:100::1")
        for _ in 0..<3 { #expect(try await throttle.wait(account: "x", address: sameSite, at: start) == 8) }
        #expect(try await throttle.wait(account: "x", address: otherSite, at: start) == nil)
        for (index, address) in addresses(23, { "2001:db8:1:\(String($0 + 2, radix: 16))00::1" }).enumerated() {
            #expect(try await throttle.wait(account: "\(index)", address: address, at: start) == nil)
        }
        #expect(try await throttle.wait(account: "x", address: ClientAddress("2001:db8:1:ffff::1"), at: start) == 2)
        #expect(try await throttle.wait(account: "x", address: ClientAddress("2001:db8:2::1"), at: start) == nil)
        #expect(try await throttle.wait(account: "x", address: home, at: start) == nil)
    }

    @Test func `an attempt that is refused counts for no prefix`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 4, windowSeconds: 60)))
        let away = ClientAddress("2001:db8::1")
        #expect(try await throttle.wait(account: "ada", address: away, at: start) == nil)
        for _ in 0..<99 { #expect(try await throttle.wait(account: "ada", address: away, at: start) != nil) }
        #expect(try await throttle.wait(account: "eve", address: away, at: start) == nil)
    }

    @Test func `an attempt that the queue turns away counts for its address only`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 3, windowSeconds: 60)))
        for _ in 0..<3 {
            let attempt = try #require(await throttle.attempt("ada", from: home, at: start))
            await throttle.refundAccountOnly(attempt, at: start)
        }
        #expect(try await throttle.wait(account: "eve", address: home, at: start) == 20)
        #expect(try await throttle.wait(account: "ada", address: ClientAddress("192.0.2.2"), at: start) == nil)
    }

    @Test func `an account is not looked up for an address that must wait`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 0, perAddress: 1, windowSeconds: 60)))
        #expect(try await throttle.wait(account: "ada", address: home, at: start) == nil)
        let admission = try await throttle.take(from: home, at: start) {
            Issue.record("looked up")
            return AttemptAccount(unknown: "ada".utf8)
        }
        guard case .wait(60) = admission else {
            Issue.record("\(admission)")
            return
        }
    }

    @Test func `a failing look-up uses up no attempt`() async throws {
        struct Failure: Error {}
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 0, perAddress: 1, windowSeconds: 60)))
        for _ in 0..<3 {
            await #expect(throws: Failure.self) { try await throttle.take(from: home, at: start) { throw Failure() } }
        }
        #expect(try await throttle.wait(account: "ada", address: home, at: start) == nil)
    }

    @Test func `a new password and an unlocking begin a new count`() async throws {
        let throttle = LoginThrottle(LocalAttempts(LoginLimits(perAccount: 1, perAddress: 0, windowSeconds: 60)))
        func wait(version: Int, unlocks: Int, from address: ClientAddress) async throws -> Int? {
            let account = SubjectRecord.Account(
                username: "ada", usernameKey: "ada", password: PasswordHash(phc: "$"), passwordVersion: version,
                unlocks: unlocks)
            let user = SubjectRecord(id: SubjectID("1"), createdAt: start, account: account)
            let admission = try await throttle.take(from: address, at: start) { try #require(AttemptAccount(user)) }
            switch admission {
            case .admitted(let attempt):
                if version == 0 { await throttle.succeeded(attempt, at: start) }
                return nil
            case .wait(let seconds): return seconds
            }
        }
        // The first login makes the address familiar, which the account's counter does not forget.
        #expect(try await wait(version: 0, unlocks: 0, from: home) == nil)
        let away = ClientAddress("192.0.2.2")
        for (version, unlocks) in [(1, 0), (1, 1), (2, 1)] {
            for address in [home, away] {
                #expect(try await wait(version: version, unlocks: unlocks, from: address) == nil)
                #expect(try await wait(version: version, unlocks: unlocks, from: address) == 60)
            }
        }
    }

    @Test func `counters of unknown names have one size`() {
        let long = AttemptAccount(unknown: String(repeating: "x", count: 17_000).utf8)
        let short = AttemptAccount(unknown: "x".utf8)
        #expect(long.counter.utf8.count == short.counter.utf8.count)
        #expect(long != short && !short.counter.contains("x:"))
    }
}

extension LoginThrottle {
    fileprivate func attempt(
        _ account: String, from address: ClientAddress, at now: Timestamp
    ) async throws -> LoginAttempt? {
        let admission = try await take(from: address, at: now) { AttemptAccount(unknown: account.utf8) }
        if case .admitted(let attempt) = admission { return attempt }
        return nil
    }

    /// The seconds to wait; nil when the attempt was counted.
    fileprivate func wait(account: String, address: ClientAddress, at now: Timestamp) async throws -> Int? {
        let admission = try await take(from: address, at: now) { AttemptAccount(unknown: account.utf8) }
        if case .wait(let seconds) = admission { return seconds }
        return nil
    }

    fileprivate func logIn(_ account: String, from address: ClientAddress, at now: Timestamp) async throws {
        let attempt = try #require(await attempt(account, from: address, at: now))
        await succeeded(attempt, at: now)
    }
}
