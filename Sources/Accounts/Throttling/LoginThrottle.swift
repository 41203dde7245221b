package import TokenCore

/// Limits attempts at passwords, by account and by address.
///
/// Guesses at an account from other addresses do not keep its owner out: an address from which somebody has logged in
/// to the account before has a limit of its own, which others cannot use up. An address that is unknown has no limit of
/// its own.
package struct LoginThrottle: Sendable {
    private let counters: any AttemptCounters

    package init(_ counters: any AttemptCounters) { self.counters = counters }

    /// Counts an attempt.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func take(account: String, address: ClientAddress, at now: Timestamp) async throws -> Int? {
        let place = address.prefix.map { AttemptKey.address($0) }
        if let place, let wait = try await counters.take(place, at: now) { return wait }
        let key = try await bucket(of: account, address, at: now)
        let wait = try await counters.take(key, at: now)
        if let place, wait != nil { try await counters.refund(place, at: now) }
        return wait
    }

    /// Removes an attempt that succeeded, and remembers where it came from. A login does not fail because this cannot
    /// be counted now.
    package func succeeded(account: String, address: ClientAddress, at now: Timestamp) async {
        await refund(account: account, address: address, at: now)
        guard let place = address.prefix else { return }
        try? await counters.remember(.familiar(account: account, place: place), at: now)
    }

    /// Removes an attempt that was not made.
    package func refund(account: String, address: ClientAddress, at now: Timestamp) async {
        if let place = address.prefix { try? await counters.refund(.address(place), at: now) }
        guard let key = try? await bucket(of: account, address, at: now) else { return }
        try? await counters.refund(key, at: now)
    }

    private func bucket(of account: String, _ address: ClientAddress, at now: Timestamp) async throws -> AttemptKey {
        guard let place = address.prefix else { return .account(account) }
        let familiar = AttemptKey.familiar(account: account, place: place)
        return try await counters.isFamiliar(familiar, at: now) ? familiar : .account(account)
    }
}
