extension Session {
    /// What a session needs of its subject's row. A refresh reads it, and so it does not have the account with its
    /// password hash.
    package struct Subject: Sendable, Equatable {
        package let id: SubjectID
        package let state: SubjectRecord.State
        /// As ``SubjectRecord/epoch``.
        package let epoch: Timestamp
        /// As ``SubjectRecord/Account/username``; nil for an outside subject too.
        package let username: String?
        /// As ``SubjectRecord/claims``.
        package let claims: Claims?
        /// As ``SubjectRecord/issuedFrom``.
        package let issuedFrom: Timestamp?

        package init(
            id: SubjectID, state: SubjectRecord.State, epoch: Timestamp, username: String?, claims: Claims?,
            issuedFrom: Timestamp?
        ) {
            self.id = id
            self.state = state
            self.epoch = epoch
            self.username = username
            self.claims = claims
            self.issuedFrom = issuedFrom
        }

        package init(_ record: SubjectRecord) {
            self.init(
                id: record.id, state: record.state, epoch: record.epoch, username: record.account?.username,
                claims: record.claims, issuedFrom: record.issuedFrom)
        }

        /// As ``SubjectRecord/displayName``.
        package var displayName: String { username ?? id.value }
    }
}
