/// A mistake that an implementation could make. The simulator has to find each of them.
package enum Mutation: String, Sendable, CaseIterable {
    /// Each retry starts the retry window anew.
    case windowSlides
    /// Retries are not counted.
    case retriesUncounted
    /// A retry gets a fresh successor instead of the identical one.
    case retryForks
    /// A reuse is refused, but what ends the family is rolled back with the error.
    case killRolledBack
    /// The parent's parent is still honoured.
    case grandparentHonoured
    /// A rotation does not look at its subject's epoch.
    case epochUnchecked
    /// A rotation writes back the session that it read before its transaction.
    case logoutUndone
    /// The parent is consumed in one transaction, the successor stored in the next.
    case consumedApart
    /// A token is believed before its MAC is checked.
    case macUnchecked
    /// Any client may present a token.
    case clientUnchecked
    /// An expired token ends its family.
    case expiryKills
    /// A rotation moves the end of the absolute lifetime.
    case lifetimeExtended
    /// A token that the database has never made is refused, but its family lives on.
    case rollbackForgiven
    /// The answer goes out before the commit is on disk.
    case answeredBeforeDurable
}
