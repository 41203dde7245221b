/// An entry of the revocation feed: access tokens that verifiers refuse though their signature is valid.
package struct RevocationRecord: Sendable, Equatable {
    /// An access token is signed after the commit that allows it. Both that commit and the commit of the logout which
    /// revokes it may take as long as a store waits. These seconds let the slow token expire before the entry does.
    package static let signingSeconds = 5

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
