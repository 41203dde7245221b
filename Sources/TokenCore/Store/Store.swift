/// Where the rows are. A store does two things: it commits what a transaction writes, and it answers reads. It is
/// handed neither rules nor a clock.
///
/// Whatever a store throws means that it cannot answer now. A refusal is an outcome of a command, not an error.
package protocol Store: Sendable {
    /// Lends rows to `body` inside one transaction and writes the set that it returns. When this returns, the set is on
    /// disk. Blocks the calling thread.
    ///
    /// A store may run `body` more than once, each time with fresh rows; only the set of the last run is written.
    ///
    /// - Parameter keys: the keys of the rows that `body` needs. A store without row locks does not ask for them.
    /// - Throws: what `body` throws, ``RowsInUse``, ``TransactionFailure``, or another failure of the store. Then
    ///   nothing was changed, unless the failure says that the outcome is unknown.
    func commit(prefetching keys: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet) throws

    /// A session with its device, its subject and its client as they are at one moment.
    func session(_ id: SessionID) async throws -> Session?
    /// A session as ``session(_:)`` returns it, and the client that asks about it, in one call. A store may combine the
    /// two look-ups.
    func session(_ id: SessionID, askedBy client: ClientID) async throws -> (session: Session?, client: ClientRecord?)
    /// The sessions of a subject, or of all subjects, that were not ended in the subject's epoch and whose client is
    /// registered, the newest first. They may have expired.
    ///
    /// - Parameter id: leaves out this session and those that are newer; nil for none.
    func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session]
    func subject(_ id: SubjectID) async throws -> SubjectRecord?
    /// The users whose name equals in either form, in one look-up.
    func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord]
    /// Users with a name in the order of their names, those after `name`.
    func users(after name: String, limit: Int) async throws -> [SubjectRecord]
    /// Users without a name in the order of their ids, those after `id`; nil for all.
    func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord]
    /// An identity, whatever has become of its subject.
    func identity(_ id: IdentityID) async throws -> IdentityRecord?
    /// The identities of a subject, the oldest first.
    func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord]
    /// Users whose folded name is not stored yet.
    func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord]
    /// Users whose folded name another user has too, in the order of their folded names. Reads all names.
    func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord]
    func signingKeys() async throws -> [SigningKeyRecord]
    func client(_ id: ClientID) async throws -> ClientRecord?
    /// Clients in the order of their names, those after `name`.
    func clients(after name: String, limit: Int) async throws -> [ClientRecord]
    /// The one-time link with this hash. It may have expired.
    func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink?
    /// The events that a list shows. A number that is committed later is never lower than one that was returned.
    func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord]
    /// The cursor of a webhook; nil for one that is new.
    func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor?
    /// The feed's entries after a sequence number, in order.
    func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage
}

extension Store {
    package func session(
        _ id: SessionID, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        (try await session(id), try await self.client(client))
    }
}
