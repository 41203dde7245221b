/// Where failed logins are counted: in a process's memory, or where every node sees them. Each key has a bucket that fills with
/// attempts and empties evenly as time goes by.
package protocol AttemptCounters: Sendable {
    /// Takes an attempt before it is made, so that parallel guesses count too.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    func take(_ key: AttemptKey, at now: Timestamp) async throws -> Int?
    /// Gives an attempt back that turned out right or was not made.
    func refund(_ key: AttemptKey, at now: Timestamp) async throws
    /// Whether an account has been logged in to from a place.
    func isFamiliar(_ key: AttemptKey, at now: Timestamp) async throws -> Bool
    func remember(_ key: AttemptKey, at now: Timestamp) async throws
}

/// What attempts are counted by.
package enum AttemptKey: Hashable, Sendable {
    case address(String)
    case account(String)
    /// An account from a place that it has been logged in to from.
    case familiar(account: String, place: String)
}

/// How many failures a key may have in a window; 0 turns a limit off.
package struct LoginLimits: Sendable {
    package let perAccount: Int
    package let perAddress: Int
    package let windowSeconds: Int

    package init(perAccount: Int, perAddress: Int, windowSeconds: Int) {
        self.perAccount = perAccount
        self.perAddress = perAddress
        self.windowSeconds = windowSeconds
    }

    package func limit(of key: AttemptKey) -> Int {
        switch key {
        case .address: perAddress
        case .account, .familiar: perAccount
        }
    }
}
