/// What a store lends to a transaction: the rows as they stand at its beginning.
package protocol Rows {
    func family(_ id: SessionID) throws -> Family?
    func subject(_ id: SubjectID) throws -> Subject?
    func subject(usernameKey: String) throws -> Subject?
    func signingKeys() throws -> [SigningKeyRecord]
    func client(_ id: ClientID) throws -> Client?
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
    package func familyAndClient(_ id: SessionID) throws -> Family? {
        guard var family = try family(id) else { return nil }
        if family.session.client != .web { family.client = try client(family.session.client) }
        return family
    }
}
