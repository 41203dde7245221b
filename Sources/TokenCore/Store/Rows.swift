/// What a store lends to a transaction: the rows as they stand at its beginning.
package protocol Rows {
    func session(_ id: SessionID) throws -> Session?
    func subject(_ id: SubjectID) throws -> SubjectRecord?
    func subject(usernameKey: String) throws -> SubjectRecord?
    func signingKeys() throws -> [SigningKeyRecord]
    func client(_ id: ClientID) throws -> ClientRecord?
    /// Whether a client's assertion was used before, and is remembered.
    func isUsed(_ assertion: AssertionID) throws -> Bool
    /// Sessions of `subject` that were opened or rotated at or after `since`, so that an access token of theirs may
    /// still live. At most `limit`.
    func sessions(of subject: SubjectID, activeSince since: Timestamp, limit: Int) throws -> [SessionID]
    /// The session of `subject` with the latest id: none of its ids holds a later time.
    func newestSession(of subject: SubjectID) throws -> SessionID?
    /// Sessions whose absolute lifetime is over, the oldest first.
    func expiredSessions(at now: Timestamp, limit: Int) throws -> [SessionID]
}

extension Rows {
    /// The family as a look-up gives it: with its client.
    package func sessionAndClient(_ id: SessionID) throws -> Session? {
        guard var session = try session(id) else { return nil }
        if session.record.client != .web { session.client = try client(session.record.client) }
        return session
    }
}
