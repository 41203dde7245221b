package import StrictCoding

/// A row of `sessions`: what does not change while the session is open. A rotation reads it and writes nothing here.
package struct SessionRecord: Sendable, Equatable {
    package let id: SessionID
    package let subject: SubjectID
    package let client: ClientID
    package var scope: Scope
    /// Nil when it was not read: a transaction decides nothing by it.
    package var device: Device?
    /// How the subject was authenticated (RFC 8176): `pwd`, `fed`, …
    package var authenticationMethods: [String]
    package var authenticatedAt: Timestamp
    /// Whether this service has authenticated the subject itself, by a password, or has asked a provider to do so anew.
    /// The word of a back-end does not count.
    package var isAuthenticatedHere: Bool
    package var createdAt: Timestamp
    /// The end of the absolute lifetime. Nothing extends it.
    package var expiresAt: Timestamp
    /// The subject's epoch when the session was opened. A logout-all advances the subject's epoch.
    package var epoch: Timestamp
    /// Whether a browser keeps the session when it is closed.
    package var isRemembered: Bool
    /// What its access tokens carry besides the registered claims and the subject's.
    package var claims: Claims?
    /// The key that the session is bound to since its birth (RFC 9449); nil for none.
    package let keyThumbprint: KeyThumbprint?
    package var ending: Ending?

    /// How a session was ended by itself. A logout-all writes the subject's row instead.
    package struct Ending: Sendable, Equatable {
        package let at: Timestamp
        package let reason: EndReason
        /// For a reuse: how many generations behind the presented token was, and where it came from. At most 400 bytes.
        package let detail: String?

        package init(at: Timestamp, reason: EndReason, detail: String? = nil) {
            self.at = at
            self.reason = reason
            self.detail = detail?.prefix(bytes: EventRecord.maximumDetailLength)
        }
    }

    package init(
        id: SessionID, subject: SubjectID, client: ClientID, scope: Scope, device: Device?,
        authenticationMethods: [String], authenticatedAt: Timestamp, isAuthenticatedHere: Bool = false,
        createdAt: Timestamp, expiresAt: Timestamp, epoch: Timestamp, isRemembered: Bool = true, claims: Claims? = nil,
        keyThumbprint: KeyThumbprint? = nil, ending: Ending? = nil
    ) {
        self.id = id
        self.subject = subject
        self.client = client
        self.scope = scope
        self.device = device
        self.authenticationMethods = authenticationMethods
        self.authenticatedAt = authenticatedAt
        self.isAuthenticatedHere = isAuthenticatedHere
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.epoch = epoch
        self.isRemembered = isRemembered
        self.claims = claims
        self.keyThumbprint = keyThumbprint
        self.ending = ending
    }

    /// How long an authentication is fresh.
    package static let freshSeconds = 300

    /// Whether the subject was authenticated here so lately that the session may change the ways to sign in.
    package func isFreshlyAuthenticated(at now: Timestamp) -> Bool {
        isAuthenticatedHere && now < authenticatedAt + SessionRecord.freshSeconds
    }
}
