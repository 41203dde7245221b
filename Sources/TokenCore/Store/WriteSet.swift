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
    /// New rows of `used_once`.
    package var usedOnce: Set<UsedOnce> = []
    package var events: [EventRecord] = []
    /// Events that were left out because their maker could cause them without end. They are counted only.
    package var unrecordedEvents: [EventRecord.Kind] = []
    /// The numbers of events that are deleted.
    package var collectedEvents: ClosedRange<Int>?
    package var revocations: [RevocationRecord] = []
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
