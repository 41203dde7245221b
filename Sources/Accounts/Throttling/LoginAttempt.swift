import TokenCore

/// An attempt at a password that was counted, and where.
package struct LoginAttempt: Sendable {
    let account: AttemptAccount
    let address: ClientAddress
    /// Whether somebody has logged in to the account from this address before.
    package let isFamiliar: Bool

    /// The counter of the account that was used.
    var counter: AttemptKey {
        isFamiliar ? .familiar(account: account.counter, place: address.prefix) : .account(account.counter)
    }

    /// The place in memory, which outlives a change of the password.
    var place: AttemptKey { .familiar(account: account.name, place: address.prefix) }
}
