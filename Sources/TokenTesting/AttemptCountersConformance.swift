import Testing
package import TokenCore

/// The promises that every implementation of ``TokenCore/AttemptCounters`` keeps.
package struct AttemptCountersConformance: Sendable {
    private let makeCounters: @Sendable (LoginLimits) throws -> any AttemptCounters
    private let start = Timestamp(seconds: 1_800_000_000)
    private let ada = AttemptKey.account("ada")

    /// - Parameter makeCounters: makes counters without attempts.
    package init(_ makeCounters: @escaping @Sendable (LoginLimits) throws -> any AttemptCounters) {
        self.makeCounters = makeCounters
    }

    package typealias Promise = ConformancePromise<AttemptCountersConformance>

    package static let promises = [
        Promise("returns attempts evenly as time passes") { try await $0.returnsAttemptsEvenly() },
        Promise("returns the wait until the next attempt") { try await $0.returnsTheWait() },
        Promise("allows every attempt at a limit of zero") { try await $0.allowsEveryAttemptAtZero() },
        Promise("refunds no more than was taken") { try await $0.refundsNoMoreThanWasTaken() },
        Promise("keeps its counts when the clock goes back") { try await $0.keepsCountsWhenTheClockGoesBack() },
        Promise("counts each key separately") { try await $0.countsEachKeySeparately() },
        Promise("remembers familiar places") { try await $0.remembersPlaces() },
        Promise("allows no more parallel attempts than the limit") { try await $0.countsParallelAttempts() },
    ]

    private func counters(_ limit: Int, windowSeconds: Int = 100) throws -> any AttemptCounters {
        try makeCounters(LoginLimits(perAccount: limit, perAddress: limit, windowSeconds: windowSeconds))
    }

    private func returnsAttemptsEvenly() async throws {
        let counters = try counters(5)
        for _ in 0..<5 { #expect(try await counters.take(ada, at: start) == nil) }
        #expect(try await counters.take(ada, at: start) == 20)
        #expect(try await counters.take(ada, at: start + 19) == 1)
        #expect(try await counters.take(ada, at: start + 20) == nil)
        #expect(try await counters.take(ada, at: start + 20) == 20)
        for _ in 0..<5 { #expect(try await counters.take(ada, at: start + 120) == nil) }
        #expect(try await counters.take(ada, at: start + 120) == 20)
    }

    /// A refused attempt is not counted, and the returned wait is sufficient.
    private func returnsTheWait() async throws {
        let counters = try counters(7, windowSeconds: 300)
        var now = start
        for _ in 0..<7 { #expect(try await counters.take(ada, at: now) == nil) }
        for _ in 0..<10 {
            let wait = try #require(await counters.take(ada, at: now))
            for _ in 0..<5 { #expect(try await counters.take(ada, at: now) == wait) }
            now = now + wait
            #expect(try await counters.take(ada, at: now) == nil)
        }
    }

    private func allowsEveryAttemptAtZero() async throws {
        let counters = try counters(0)
        for _ in 0..<100 { #expect(try await counters.take(ada, at: start) == nil) }
        try await counters.refund(ada, at: start)
    }

    private func refundsNoMoreThanWasTaken() async throws {
        let counters = try counters(2)
        for _ in 0..<20 {
            #expect(try await counters.take(ada, at: start) == nil)
            try await counters.refund(ada, at: start)
            try await counters.refund(ada, at: start)
        }
        for _ in 0..<2 { #expect(try await counters.take(ada, at: start) == nil) }
        #expect(try await counters.take(ada, at: start) != nil)
    }

    private func keepsCountsWhenTheClockGoesBack() async throws {
        let counters = try counters(2)
        for _ in 0..<2 { #expect(try await counters.take(ada, at: start) == nil) }
        #expect(try await counters.take(ada, at: start + -3600) == 50)
        #expect(try await counters.take(ada, at: start + 50) == nil)
    }

    private func countsEachKeySeparately() async throws {
        let counters = try counters(1)
        let keys: [AttemptKey] = [
            .account("ada"), .account("grace"), .address("ada"), .familiar(account: "ada", place: "ada"),
            .familiar(account: "a", place: "daada"),
        ]
        for key in keys { #expect(try await counters.take(key, at: start) == nil) }
        for key in keys { #expect(try await counters.take(key, at: start) == 100) }
    }

    private func remembersPlaces() async throws {
        let counters = try counters(1)
        let home = AttemptKey.familiar(account: "ada", place: "home")
        #expect(try await !counters.isFamiliar(home, at: start))
        try await counters.remember(home, at: start)
        try await counters.remember(home, at: start + 1)
        #expect(try await counters.isFamiliar(home, at: start + 86_400))
        #expect(try await !counters.isFamiliar(.familiar(account: "grace", place: "home"), at: start))
        // Remembering a place does not count as an attempt.
        #expect(try await counters.take(home, at: start + 2) == nil)
    }

    private func countsParallelAttempts() async throws {
        let counters = try counters(3)
        let (ada, start) = (ada, start)
        let waits = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<16 { group.addTask { try await counters.take(ada, at: start) } }
            return try await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(waits.count { $0 == nil } == 3)
    }
}
