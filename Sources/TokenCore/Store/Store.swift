/// Where the rows live. A store does four things: load what a transaction names, let the commands work, write the
/// changes, commit. Reads go past the lane.
///
/// Whatever a store throws means that it cannot answer now; a refusal is an outcome, not an error.
package protocol Store: Sendable {
    /// Runs `body` in one transaction; when it returns, what it changed is on disk. Blocks the calling thread.
    ///
    /// - Parameter names: rows that `body` will ask for, for a store that can use the knowledge.
    /// - Throws: what `body` throws, or the store's own failure; then nothing was changed.
    func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, prefetching keys: RowKeys, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome

    /// With its client as it stands at the same moment; nil there when that was removed.
    func session(_ id: SessionID) async throws -> Session?
    /// A family as ``session(_:)`` gives it, and the client that asks about it, in one go.
    func session(_ id: SessionID, askedBy client: ClientID) async throws -> (session: Session?, client: ClientRecord?)
    /// The families of a subject, or of everybody, that nobody has ended, the newest first.
    func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session]
    func subject(_ id: SubjectID) async throws -> SubjectRecord?
    func subject(usernameKey: String) async throws -> SubjectRecord?
    /// Users in the order of their names, those after `name`.
    func users(after name: String, limit: Int) async throws -> [SubjectRecord]
    func signingKeys() async throws -> [SigningKeyRecord]
    func client(_ id: ClientID) async throws -> ClientRecord?
    func clients() async throws -> [ClientRecord]
    /// The newest events first; of one subject or of all, those with a number below `number`.
    func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent]
    /// The feed's entries after a sequence number, in order.
    func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage
}

extension Store {
    /// A transaction that names nothing beforehand.
    package func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        try transaction(at: now, rules: rules, prefetching: RowKeys(), body)
    }

    package func session(
        _ id: SessionID, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        (try await session(id), try await self.client(client))
    }

    /// The newest events first; of one subject or of all.
    package func events(of subject: SubjectID?, limit: Int) async throws -> [EventRecord] {
        try await events(of: subject, before: nil, limit: limit).map(\.event)
    }
}

/// A stretch of the feed.
package struct RevocationPage: Sendable, Equatable {
    package var entries: [RevocationRecord]
    /// The number of the newest entry that ever was.
    package var newest: Int
    /// The number of the newest entry that was collected.
    package var collected: Int

    package init(entries: [RevocationRecord], newest: Int, collected: Int) {
        self.entries = entries
        self.newest = newest
        self.collected = collected
    }
}
