package import TokenCore

/// Limits attempts at passwords, by account and by address.
///
/// Guesses at an account from other addresses do not keep its owner out: an address from which somebody has logged in
/// to the account before has a limit of its own, which others cannot use up. An address that is unknown has no limit of
/// its own.
package struct LoginThrottle: Sendable {
    private let counters: any AttemptCounters

    package init(_ counters: any AttemptCounters) { self.counters = counters }

    package enum Admission: Sendable {
        case admitted(LoginAttempt)
        /// No attempt was counted. The seconds until one may be made.
        case wait(Int)
    }

    /// Counts an attempt, first for its address, then for its account.
    ///
    /// - Parameter account: finds the account. It is not called for an address that must wait.
    package func take(
        from address: ClientAddress, at now: Timestamp, account: () async throws -> AttemptAccount
    ) async throws -> Admission {
        if let wait = try await take(address, at: now) { return .wait(wait) }
        do {
            let account = try await account()
            var attempt = LoginAttempt(account: account, address: address)
            if let place = attempt.place { attempt.isFamiliar = try await counters.isFamiliar(place, at: now) }
            guard let wait = try await counters.take(attempt.counter, at: now) else { return .admitted(attempt) }
            await refund(address, at: now)
            return .wait(wait)
        } catch {
            await refund(address, at: now)
            throw error
        }
    }

    /// Removes an attempt that succeeded, and remembers where it came from. A login does not fail because this cannot
    /// be counted now.
    package func succeeded(_ attempt: LoginAttempt, at now: Timestamp) async {
        await refund(attempt, at: now)
        if let place = attempt.place { try? await counters.remember(place, at: now) }
    }

    /// Removes an attempt that was not made.
    package func refund(_ attempt: LoginAttempt, at now: Timestamp) async {
        await refund(attempt.address, at: now)
        try? await counters.refund(attempt.counter, at: now)
    }

    /// Removes an attempt that a full queue refused from its account only: an address that floods the queue is slowed
    /// down by its own attempts.
    package func refundAccountOnly(_ attempt: LoginAttempt, at now: Timestamp) async {
        try? await counters.refund(attempt.counter, at: now)
    }
}

extension LoginThrottle {
    /// Counts an attempt for all prefixes of an address, or for none.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func take(_ address: ClientAddress, at now: Timestamp) async throws -> Int? {
        var taken: [AttemptKey] = []
        for key in address.keys {
            if let wait = try await counters.take(key, at: now) {
                for key in taken { try? await counters.refund(key, at: now) }
                return wait
            }
            taken.append(key)
        }
        return nil
    }

    /// Removes an attempt that succeeded, or was not made, from its address.
    package func refund(_ address: ClientAddress, at now: Timestamp) async {
        for key in address.keys { try? await counters.refund(key, at: now) }
    }
}

extension ClientAddress {
    /// What its attempts are counted by, the narrowest range first.
    fileprivate var keys: [AttemptKey] {
        AddressRange.allCases.compactMap { range in
            let prefix = range == .host ? prefix : widerPrefixes[range]
            return prefix.map { .address($0, range) }
        }
    }
}
