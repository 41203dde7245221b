/// A row of `subjects`: a user of this service, or an outside subject, for which a trusted back-end vouches.
package struct SubjectRecord: Sendable, Equatable {
    package let id: SubjectID
    package var state: State
    /// Advanced by a logout-all, which so costs one row however many sessions there are. Strictly increasing.
    package var epoch: Timestamp
    /// How many sessions were opened in this epoch and not ended by themselves. Expired ones count until they are
    /// deleted.
    package var openSessions: Int
    package var createdAt: Timestamp
    /// When the row may be deleted; nil for a user that is not deleted, and for an outside subject with claims.
    package var expiresAt: Timestamp?
    /// What makes it a user; nil for an outside subject.
    package var account: Account?
    /// What its access tokens carry besides the registered claims.
    package var claims: Claims?
    /// No access token has an earlier `iat`, in whole seconds; nil for no bound. Strictly increasing.
    package var issuedFrom: Timestamp?

    /// What people call it: the user's name, or the id of a user without one and of an outside subject.
    package var displayName: String { account?.username ?? id.value }

    package enum State: String, Sendable { case active, disabled, deleted }

    package struct Account: Sendable, Equatable {
        /// As it was given; nil for a user who came from a provider and has no name.
        package var username: String?
        /// In lower case: ``UsernameKeys/exact``.
        package var usernameKey: String?
        /// ``UsernameKeys/folded``; nil until ``FoldUsernames`` has stored it.
        package var foldedUsername: String?
        /// Nil for a user who cannot log in by a password.
        package var password: PasswordHash?
        /// Advanced by every change of the password but not by a re-hash of the same one.
        package var passwordVersion: Int
        /// How often an administrator has unlocked the account.
        package var unlocks: Int

        package init(
            username: String? = nil, usernameKey: String? = nil, foldedUsername: String? = nil,
            password: PasswordHash? = nil, passwordVersion: Int = 0, unlocks: Int = 0
        ) {
            self.username = username
            self.usernameKey = usernameKey
            self.foldedUsername = foldedUsername
            self.password = password
            self.passwordVersion = passwordVersion
            self.unlocks = unlocks
        }
    }

    package init(
        id: SubjectID, state: State = .active, epoch: Timestamp = Timestamp(milliseconds: 0), openSessions: Int = 0,
        createdAt: Timestamp, expiresAt: Timestamp? = nil, account: Account? = nil, claims: Claims? = nil,
        issuedFrom: Timestamp? = nil
    ) {
        self.id = id
        self.state = state
        self.epoch = epoch
        self.openSessions = openSessions
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.account = account
        self.claims = claims
        self.issuedFrom = issuedFrom
    }
}
