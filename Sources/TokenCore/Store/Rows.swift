/// The rows that a store lends to a transaction, as they are at its beginning.
package protocol Rows {
    /// With its subject and its client.
    func session(_ id: SessionID) throws -> Session?
    func subject(_ id: SubjectID) throws -> SubjectRecord?
    /// The users whose name equals in either form.
    func subjects(named keys: UsernameKeys) throws -> [SubjectRecord]
    func signingKeys() throws -> [SigningKeyRecord]
    func client(_ id: ClientID) throws -> ClientRecord?
    /// Whether something that may be used once was used before and is still remembered.
    func isUsed(_ use: UsedOnce) throws -> Bool
    /// Open sessions of `subject` that may have been opened or rotated at or after `since`, so that an access token of
    /// theirs may still be valid. At most `limit`.
    func openSessions(of subject: SubjectID, rotatedSince since: Timestamp, limit: Int) throws -> [SessionID]
    /// The sessions of `subject` that were opened in an epoch and not ended, in the order of their ids. At most
    /// `limit`.
    func sessionUses(of subject: SubjectID, in epoch: Timestamp, limit: Int) throws -> [SessionUse]
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
    /// Whether more than `limit` rows of a table other than `sessions` have expired. False when another node sweeps.
    func hasExpiredRows(at now: Timestamp, beyond limit: Int) throws -> Bool
}

extension Rows {
    package func prepare(_ sessions: [SessionID], spare: [SessionID]) throws {}
}
