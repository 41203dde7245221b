package import TokenCore

/// Who may try a password now: limits per account and per address.
///
/// Whoever guesses at an account from elsewhere must not keep its owner out: an address from which the account has
/// logged in before has a limit of its own, which strangers cannot use up.
package struct LoginThrottle: Sendable {
    private let counters: any AttemptCounters

    package init(_ counters: any AttemptCounters) { self.counters = counters }

    /// Takes an attempt.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func take(account: String, address: ClientAddress, at now: Timestamp) async throws -> Int? {
        if let wait = try await counters.take(.address(address.prefix), at: now) { return wait }
        let key = try await bucket(of: account, address, at: now)
        let wait = try await counters.take(key, at: now)
        if wait != nil { try await counters.refund(.address(address.prefix), at: now) }
        return wait
    }

    /// Gives back an attempt that turned out right, and remembers where it came from. What cannot be counted now is not worth
    /// failing a login for.
    package func succeeded(account: String, address: ClientAddress, at now: Timestamp) async {
        await refund(account: account, address: address, at: now)
        try? await counters.remember(.familiar(account: account, place: address.prefix), at: now)
    }

    /// Gives back an attempt that was not made.
    package func refund(account: String, address: ClientAddress, at now: Timestamp) async {
        try? await counters.refund(.address(address.prefix), at: now)
        guard let key = try? await bucket(of: account, address, at: now) else { return }
        try? await counters.refund(key, at: now)
    }

    private func bucket(of account: String, _ address: ClientAddress, at now: Timestamp) async throws -> AttemptKey {
        let familiar = AttemptKey.familiar(account: account, place: address.prefix)
        return try await counters.isFamiliar(familiar, at: now) ? familiar : .account(account)
    }
}
