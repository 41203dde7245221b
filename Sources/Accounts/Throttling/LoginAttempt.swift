import TokenCore

/// An attempt at a password that was counted, and where.
package struct LoginAttempt: Sendable {
    let account: AttemptAccount
    let address: ClientAddress
    /// Whether somebody has logged in to the account from this address before.
    package var isFamiliar = false

    /// The counter of the account that was used.
    var counter: AttemptKey {
        guard isFamiliar, let place = address.prefix else { return .account(account.counter) }
        return .familiar(account: account.counter, place: place)
    }

    /// The place in memory, which outlives a change of the password; nil for an address that is unknown.
    var place: AttemptKey? { address.prefix.map { .familiar(account: account.name, place: $0) } }
}
