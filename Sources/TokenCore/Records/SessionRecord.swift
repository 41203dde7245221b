/// A row of `sessions`: what is known of a family and never changes while it lives. A rotation only reads it.
package struct SessionRecord: Sendable, Equatable {
    package let id: SessionID
    package let subject: SubjectID
    package let client: ClientID
    package var scope: Scope
    package var device: Device
    /// How the subject was authenticated (RFC 8176): `pwd`, `fed`, …
    package var authenticationMethods: [String]
    package var authenticatedAt: Timestamp
    package var createdAt: Timestamp
    /// The end of the absolute lifetime; nothing moves it.
    package var expiresAt: Timestamp
    /// The subject's epoch when the session was opened: a later logout-all leaves the session behind.
    package var epoch: Timestamp
    package var ending: Ending?

    package struct Ending: Sendable, Equatable {
        package let at: Timestamp
        package let reason: Reason
        /// For a reuse: where the replayed token came from and how many generations behind it was.
        package let detail: String?

        package init(at: Timestamp, reason: Reason, detail: String? = nil) {
            self.at = at
            self.reason = reason
            self.detail = detail
        }
    }

    package enum Reason: String, Sendable, CaseIterable {
        case logout
        case reuse
        case rollback
        case passwordChanged = "password_changed"
        case endedByOwner = "ended_by_owner"
        case endedByAdministrator = "ended_by_administrator"
        case revokedByClient = "revoked_by_client"
    }

    package init(
        id: SessionID, subject: SubjectID, client: ClientID, scope: Scope, device: Device,
        authenticationMethods: [String], authenticatedAt: Timestamp, createdAt: Timestamp, expiresAt: Timestamp,
        epoch: Timestamp, ending: Ending? = nil
    ) {
        self.id = id
        self.subject = subject
        self.client = client
        self.scope = scope
        self.device = device
        self.authenticationMethods = authenticationMethods
        self.authenticatedAt = authenticatedAt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.epoch = epoch
        self.ending = ending
    }
}
