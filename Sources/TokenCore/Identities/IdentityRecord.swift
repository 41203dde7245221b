/// A row of `identities`: which subject a person of a provider is.
///
/// The row of a deleted subject stays until an administrator removes it. Without it, the person's next sign-in would
/// create a new subject.
package struct IdentityRecord: Sendable, Equatable {
    /// The most identities of a subject.
    package static let maximumPerSubject = 20

    package let identity: Identity
    package let subject: SubjectID
    package let createdAt: Timestamp
    /// The last sign-in by it.
    package var lastUsedAt: Timestamp?

    package init(identity: Identity, subject: SubjectID, createdAt: Timestamp, lastUsedAt: Timestamp? = nil) {
        self.identity = identity
        self.subject = subject
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }

    package var id: IdentityID { identity.id }
}
