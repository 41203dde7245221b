/// A mistake that an implementation could make. The simulator must find each of them.
package enum Mutation: String, Sendable, CaseIterable {
    /// Each retry starts a new retry window.
    case windowSlides
    /// Retries are not counted.
    case retriesUncounted
    /// A retry gets another successor than the first presentation.
    case retryForks
    /// A reuse is refused, but the end of the session is rolled back with the error.
    case endRolledBack
    /// The parent of the parent is still accepted.
    case grandparentAccepted
    /// A rotation does not check the epoch of its subject.
    case epochUnchecked
    /// A rotation writes back the session that it read before its transaction.
    case logoutUndone
    /// The parent is consumed in one transaction and the successor is stored in the next.
    case consumedSeparately
    /// A token is accepted before its MAC was checked.
    case macUnchecked
    /// Any client may present a token.
    case clientUnchecked
    /// An expired token ends its session.
    case expiryEndsSession
    /// A rotation moves the end of the absolute lifetime.
    case lifetimeExtended
    /// A token that this database has not made is refused, but its session stays open.
    case rollbackIgnored
    /// A client's own limits do not count.
    case clientLimitsIgnored
    /// A refresh loses the key that the session is bound to.
    case bindingLost
    /// The retry window holds for sessions that are bound to a key too.
    case windowOfBoundSessions
    /// The proof is judged after the rule, so that a reuse without the key ends the session.
    case proofJudgedLast
    /// A proof counts more than once.
    case proofsForgotten
    /// A proof that was made for another access token counts.
    case accessTokenHashIgnored
    /// The answer is sent before the commit is on disk.
    case answeredBeforeDurable
}
