/// An entry of the revocation feed: access tokens that verifiers refuse though their signature is valid.
package struct RevocationRecord: Sendable, Equatable {
    /// Seconds that an entry outlasts the lifetime of an access token that is issued at its time. A refresh beside a
    /// logout may be judged up to one transaction time-out after the logout, and its access token expires that much
    /// later. The value is more than twice the longest transaction that issues a token.
    package static let transactionMarginSeconds = 5

    /// Given by the store, without gaps that a reader could miss; 0 before it is stored.
    package var sequence: Int
    package var target: Target
    package var at: Timestamp
    /// When the last access token that this entry concerns has expired, and the entry with it.
    package var until: Timestamp

    package enum Target: Sendable, Equatable {
        case session(SessionID)
        /// Every session of the subject whose id holds a time before this one.
        case subject(SubjectID, openedBefore: Timestamp)
        /// The access tokens of the subject with an `iat` before this one, in whole seconds: their claims have changed.
        /// They must be refreshed; the sessions live on.
        case claims(SubjectID, issuedBefore: Timestamp)
    }

    package init(sequence: Int = 0, target: Target, at: Timestamp, until: Timestamp) {
        self.sequence = sequence
        self.target = target
        self.at = at
        self.until = until
    }
}
