/// A row of `one_time_links`: a link that lets one person set a user's password, once. A subject has at most one; only
/// the hash of its token is kept.
package struct OneTimeLink: Sendable, Equatable {
    package let subject: SubjectID
    package let purpose: Purpose
    package let hash: TokenHash
    /// When the link is void, and its row may be deleted.
    package let expiresAt: Timestamp

    package enum Purpose: String, Sendable {
        /// For a user without a password.
        case invitation
        /// Ends every session of the user when it is used.
        case reset
    }

    /// How many hours a link may be valid.
    package static let hours = 1...720
    package static let defaultHours = 24

    package init(subject: SubjectID, purpose: Purpose, hash: TokenHash, expiresAt: Timestamp) {
        self.subject = subject
        self.purpose = purpose
        self.hash = hash
        self.expiresAt = expiresAt
    }
}
