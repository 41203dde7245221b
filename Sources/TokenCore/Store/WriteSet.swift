/// What a transaction writes: the difference between the rows that it read and what the commands made of them.
package struct WriteSet: Sendable {
    /// New rows of `sessions`.
    package var openedSessions: [SessionID: SessionRecord] = [:]
    package var changedSessions: [SessionID: SessionRecord] = [:]
    /// New and changed rows of `refresh_tokens`.
    package var tokens: [SessionID: RefreshTokenRecord] = [:]
    /// New and changed rows of `subjects`.
    package var subjects: [SubjectID: SubjectRecord] = [:]
    /// Sessions whose rows are deleted.
    package var collectedSessions: [SessionID] = []
    /// New and changed rows of `signing_keys`.
    package var signingKeys: [SigningKeyID: SigningKeyRecord] = [:]
    package var removedSigningKeys: [SigningKeyID] = []
    /// New and changed rows of `clients`.
    package var clients: [ClientID: ClientRecord] = [:]
    package var removedClients: [ClientID] = []
    /// Rows of `identities` that are deleted, before the new ones are inserted.
    package var unlinkedIdentities: Set<IdentityID> = []
    /// New rows of `identities`.
    package var linkedIdentities: [IdentityID: IdentityRecord] = [:]
    /// The last use of other rows of `identities`.
    package var usedIdentities: [IdentityID: Timestamp] = [:]
    /// New rows of `upstream_sessions`. They are deleted with their sessions.
    package var upstreamSessions: [SessionID: UpstreamSessionRecord] = [:]
    /// New rows of `used_once`.
    package var usedOnce: Set<UsedOnce> = []
    /// New rows of `one_time_links`, each in the place of the subject's earlier one; nil for a row that is deleted.
    package var oneTimeLinks: [SubjectID: OneTimeLink?] = [:]
    package var events: [EventRecord] = []
    /// Events that were left out because their maker could cause them without end. They are counted only.
    package var unrecordedEvents: [EventRecord.Kind] = []
    /// The numbers of events that are deleted.
    package var collectedEvents: ClosedRange<Int>?
    package var revocations: [RevocationRecord] = []
    /// New and changed rows of `webhook_cursors`.
    package var webhookCursors: [WebhookName: WebhookCursor] = [:]
    /// Whether the store must write something even if nothing changed.
    package var isWriteProbe = false
    package var expiredRows: ExpiredRows?

    /// Rows of other tables than `sessions` that are deleted because their time is over.
    package struct ExpiredRows: Sendable {
        package var at: Timestamp
        /// The most that are deleted of each table.
        package var limit: Int
    }
}
