import Synchronization
package import TokenCore

/// Who may try a password now: limits per account and per address.
///
/// Whoever guesses at an account from elsewhere must not keep its owner out: an address from which the account has
/// logged in before has a limit of its own, which strangers cannot use up.
package final class LoginThrottle: Sendable {
    private struct Familiar: Hashable {
        let account: String
        let prefix: String
    }

    private let accounts: AttemptLimiter<String>
    private let addresses: AttemptLimiter<String>
    private let familiarAttempts: AttemptLimiter<Familiar>
    private let familiar = Mutex<Set<Familiar>>([])
    private let familiarLimit = 65_536

    package init(perAccount: Int, perAddress: Int, windowSeconds: Int) {
        accounts = AttemptLimiter(limit: perAccount, windowSeconds: windowSeconds)
        addresses = AttemptLimiter(limit: perAddress, windowSeconds: windowSeconds)
        familiarAttempts = AttemptLimiter(limit: perAccount, windowSeconds: windowSeconds)
    }

    /// Takes an attempt.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func take(account: String, address: ClientAddress, at now: Timestamp) -> Int? {
        if let wait = addresses.take(address.prefix, at: now) { return wait }
        let pair = Familiar(account: account, prefix: address.prefix)
        let isFamiliar = familiar.withLock { $0.contains(pair) }
        let wait = isFamiliar ? familiarAttempts.take(pair, at: now) : accounts.take(account, at: now)
        if wait != nil { addresses.refund(address.prefix, at: now) }
        return wait
    }

    /// Gives back an attempt that turned out right, and remembers where it came from.
    package func succeeded(account: String, address: ClientAddress, at now: Timestamp) {
        refund(account: account, address: address, at: now)
        familiar.withLock { familiar in
            if familiar.count >= familiarLimit { familiar.removeAll(keepingCapacity: true) }
            familiar.insert(Familiar(account: account, prefix: address.prefix))
        }
    }

    /// Gives back an attempt that was not made.
    package func refund(account: String, address: ClientAddress, at now: Timestamp) {
        addresses.refund(address.prefix, at: now)
        let pair = Familiar(account: account, prefix: address.prefix)
        if familiar.withLock({ $0.contains(pair) }) {
            familiarAttempts.refund(pair, at: now)
        } else {
            accounts.refund(account, at: now)
        }
    }
}
