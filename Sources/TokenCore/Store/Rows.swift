/// The rows that a store lends to a transaction, as they are at its beginning.
package protocol Rows {
    /// With its subject and its client. A store leaves out its device, which no command needs.
    func session(_ id: SessionID) throws -> Session?
    func subject(_ id: SubjectID) throws -> SubjectRecord?
    /// The users whose name equals in either form.
    func subjects(named keys: UsernameKeys) throws -> [SubjectRecord]
    /// The users whose name equals one of many in either form.
    func subjects(namedAnyOf names: [UsernameKeys]) throws -> [SubjectRecord]
    func signingKeys() throws -> [SigningKeyRecord]
    func client(_ id: ClientID) throws -> ClientRecord?
    /// Whether something that may be used once was used before and is still remembered.
    func isUsed(_ use: UsedOnce) throws -> Bool
    /// The one-time link of a subject that was not used yet. It may have expired.
    func oneTimeLink(of subject: SubjectID) throws -> OneTimeLink?
    /// Open sessions of `subject` that may have been opened or rotated at or after `since`, so that an access token of
    /// theirs may still be valid. At most `limit`.
    func openSessions(of subject: SubjectID, rotatedSince since: Timestamp, limit: Int) throws -> [SessionID]
    /// The sessions of `subject` that were opened in an epoch and not ended, in the order of their ids. At most
    /// `limit`.
    func sessionUses(of subject: SubjectID, in epoch: Timestamp, limit: Int) throws -> [SessionUse]
    /// An identity. A store with row locks holds the one of its subject.
    func identity(_ id: IdentityID) throws -> IdentityRecord?
    /// The identities of a subject, the oldest first. At most `limit`.
    func identities(of subject: SubjectID, limit: Int) throws -> [IdentityRecord]
    /// The sessions that a logout at a provider concerns, that were opened before a time and not ended, neither by
    /// themselves nor in their subject's epoch. At most `limit`.
    func openSessions(_ wanted: UpstreamSessions, openedBefore time: Timestamp, limit: Int) throws -> [SessionID]
    /// Sessions that will be changed, so that a store with row locks finds out at once which of them it has not locked.
    ///
    /// - Parameter spare: sessions that another run may change instead, when other transactions have ended the first
    ///   ones.
    /// - Throws: ``RowsNotPrefetched`` with both.
    func prepare(_ sessions: [SessionID], spare: [SessionID]) throws
    /// The session of `subject` with the latest id: none of its ids holds a later time.
    func newestSession(of subject: SubjectID) throws -> SessionID?
    /// Sessions whose absolute lifetime is over, the oldest first. A store may leave out those that are in use.
    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID]
    /// The lowest and the highest number of the stored events; nil when there are none, or another node sweeps.
    func eventNumbers() throws -> ClosedRange<Int>?
    /// The highest number of the stored events; 0 when there are none.
    func newestEventNumber() throws -> Int
    /// The cursor of a webhook; nil for one that is new.
    func webhookCursor(_ name: WebhookName) throws -> WebhookCursor?
    /// Whether more than `limit` rows of a table other than `sessions` have expired. False when another node sweeps.
    func hasExpiredRows(at now: Timestamp, beyond limit: Int) throws -> Bool
}

extension Rows {
    package func subjects(namedAnyOf names: [UsernameKeys]) throws -> [SubjectRecord] {
        try names.flatMap { try subjects(named: $0) }
    }

    package func prepare(_ sessions: [SessionID], spare: [SessionID]) throws {}
}
