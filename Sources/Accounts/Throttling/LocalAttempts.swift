import Synchronization
package import TokenCore

/// Counts attempts in the memory of this process, which is enough where it is the only one.
package final class LocalAttempts: AttemptCounters {
    private let accounts: AttemptLimiter<AttemptKey>
    private let addresses: AttemptLimiter<AttemptKey>
    private let familiarAttempts: AttemptLimiter<AttemptKey>
    private let familiar = Mutex<Set<AttemptKey>>([])
    private let familiarLimit = 65_536

    package init(_ limits: LoginLimits) {
        accounts = AttemptLimiter(limit: limits.perAccount, windowSeconds: limits.windowSeconds)
        addresses = AttemptLimiter(limit: limits.perAddress, windowSeconds: limits.windowSeconds)
        familiarAttempts = AttemptLimiter(limit: limits.perAccount, windowSeconds: limits.windowSeconds)
    }

    package func take(_ key: AttemptKey, at now: Timestamp) -> Int? { limiter(of: key).take(key, at: now) }

    package func refund(_ key: AttemptKey, at now: Timestamp) { limiter(of: key).refund(key, at: now) }

    package func isFamiliar(_ key: AttemptKey, at now: Timestamp) -> Bool { familiar.withLock { $0.contains(key) } }

    package func remember(_ key: AttemptKey, at now: Timestamp) {
        familiar.withLock { familiar in
            if familiar.count >= familiarLimit { familiar.removeAll(keepingCapacity: true) }
            familiar.insert(key)
        }
    }

    private func limiter(of key: AttemptKey) -> AttemptLimiter<AttemptKey> {
        switch key {
        case .address: addresses
        case .account: accounts
        case .familiar: familiarAttempts
        }
    }
}
