import Synchronization
package import TokenCore

/// Counts attempts in the memory of this process, which is enough where it is the only one.
package final class LocalAttempts: AttemptCounters {
    private let accounts: AttemptLimiter<AttemptKey>
    private let familiarAttempts: AttemptLimiter<AttemptKey>
    /// One for each range, so that attempts from many hosts do not displace the counts of wide ranges.
    private let addresses: [AddressRange: AttemptLimiter<AttemptKey>]
    private let familiar = Mutex(FamiliarPlaces())

    package init(_ limits: LoginLimits) {
        func limiter(_ limit: Int) -> AttemptLimiter<AttemptKey> {
            AttemptLimiter(limit: limit, windowSeconds: limits.windowSeconds)
        }
        accounts = limiter(limits.perAccount)
        familiarAttempts = limiter(limits.perAccount)
        addresses = Dictionary(
            uniqueKeysWithValues: AddressRange.allCases.map { ($0, limiter(limits.limit(of: .address("", $0)))) })
    }

    package func take(_ key: AttemptKey, at now: Timestamp) -> Int? { limiter(of: key)?.take(key, at: now) }

    package func refund(_ key: AttemptKey, at now: Timestamp) { limiter(of: key)?.refund(key, at: now) }

    package func isFamiliar(_ key: AttemptKey, at now: Timestamp) -> Bool {
        guard case .familiar(let account, let place) = key else { return false }
        return familiar.withLock { $0.contains(place, of: account) }
    }

    package func remember(_ key: AttemptKey, at now: Timestamp) {
        guard case .familiar(let account, let place) = key else { return }
        familiar.withLock { $0.insert(place, of: account) }
    }

    private func limiter(of key: AttemptKey) -> AttemptLimiter<AttemptKey>? {
        switch key {
        case .address(_, let range): addresses[range]
        case .account: accounts
        case .familiar: familiarAttempts
        }
    }
}
