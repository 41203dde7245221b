/// An entry of the audit trail as a store keeps it, under a number that rises.
package struct StoredEvent: Sendable, Equatable {
    package let number: Int
    package let event: EventRecord

    package init(number: Int, event: EventRecord) {
        self.number = number
        self.event = event
    }
}

/// An entry of the audit trail: who, which session, from where, when. Never a token.
package struct EventRecord: Sendable, Equatable {
    package static let retentionSeconds = 90 * 86_400

    package var kind: Kind
    package var at: Timestamp
    package var subject: SubjectID?
    package var session: SessionID?
    package var client: ClientID?
    package var address: String?
    /// A few words on what was special, such as how far behind a replayed token was.
    package var detail: String?

    package enum Kind: String, Sendable, CaseIterable {
        case login
        case loginFailed = "login_failed"
        case refreshRetry = "refresh_retry"
        case reuseDetected = "reuse_detected"
        case rollbackDetected = "rollback_detected"
        case clientMismatch = "client_mismatch"
        case logout
        case logoutAll = "logout_all"
        case passwordChanged = "password_changed"
        case userCreated = "user_created"
        case userDisabled = "user_disabled"
        case userEnabled = "user_enabled"
        case userDeleted = "user_deleted"
        case keyRotated = "key_rotated"
        case keyRevoked = "key_revoked"
        case clientAdded = "client_added"
        case clientRemoved = "client_removed"
        case clientSecretRotated = "client_secret_rotated"
        case clientKeysChanged = "client_keys_changed"
    }

    package init(
        _ kind: Kind, at: Timestamp, subject: SubjectID? = nil, session: SessionID? = nil, client: ClientID? = nil,
        address: String? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.at = at
        self.subject = subject
        self.session = session
        self.client = client
        self.address = address
        self.detail = detail
    }
}
