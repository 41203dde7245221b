import Synchronization
package import TokenCore

/// A store in memory, for models that need speed more than a disk. One transaction at a time, all or nothing.
package final class MemoryStore: Store {
    package struct Tables: Sendable {
        package var sessions: [SessionID: SessionRecord] = [:]
        package var tokens: [SessionID: RefreshTokenRecord] = [:]
        package var subjects: [SubjectID: SubjectRecord] = [:]
        package var keys: [String: SigningKeyRecord] = [:]
        package var clients: [ClientID: ClientRecord] = [:]
        package var events: [StoredEvent] = []
        package var newestEvent = 0
        package var revocations: [RevocationRecord] = []
        package var newestRevocation = 0
        package var usedAssertions: [AssertionID: Timestamp] = [:]
    }

    private let tables = Mutex(Tables())

    package init() {}

    /// The tables as they stand: what a backup takes and a restore puts back.
    package var contents: Tables {
        get { tables.withLock { $0 } }
        set { tables.withLock { $0 = newValue } }
    }

    package func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, prefetching _: RowKeys, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        // The lane is the only writer; a test that writes beside it waits here.
        try tables.withLock { tables in
            var transaction = Transaction(rows: tables, rules: rules, now: now)
            let outcome = try body(&transaction)
            tables.apply(transaction.writeSet, at: now)
            return outcome
        }
    }

    package func session(_ id: SessionID) async throws -> Session? { try contents.sessionAndClient(id) }

    package func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session] {
        let contents = contents
        let sessions = contents.sessions.values
            .filter { subject == nil || $0.subject == subject }
            .compactMap { contents.session($0.id) }
            .filter { $0.session.ending == nil && $0.session.epoch == $0.subject.epoch }
        return Array(sessions.sorted { $0.session.id.description > $1.session.id.description }.prefix(limit))
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? { contents.subjects[id] }

    package func subject(usernameKey: String) async throws -> SubjectRecord? { contents.subject(usernameKey: usernameKey) }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        let users = contents.subjects.values.filter { ($0.account?.usernameKey ?? "") > name }
        return Array(users.sorted { $0.account?.usernameKey ?? "" < $1.account?.usernameKey ?? "" }.prefix(limit))
    }

    package func signingKeys() async throws -> [SigningKeyRecord] { contents.signingKeys() }

    package func client(_ id: ClientID) async throws -> ClientRecord? { contents.clients[id] }

    package func clients() async throws -> [ClientRecord] {
        contents.clients.values.sorted { $0.id.value < $1.id.value }
    }

    package func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent] {
        let wanted = contents.events.filter { recorded in
            (subject == nil || recorded.event.subject == subject) && recorded.number < number ?? .max
        }
        return Array(wanted.reversed().prefix(limit))
    }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        let contents = contents
        return RevocationPage(
            entries: Array(contents.revocations.filter { $0.sequence > sequence }.prefix(limit)),
            newest: contents.newestRevocation,
            collected: contents.revocations.first.map { $0.sequence - 1 } ?? contents.newestRevocation)
    }
}

extension MemoryStore.Tables: Rows {
    package func session(_ id: SessionID) -> Session? {
        guard let session = sessions[id], let token = tokens[id], let subject = subjects[session.subject] else {
            return nil
        }
        return Session(session: session, token: token, subject: subject)
    }

    package func subject(_ id: SubjectID) -> SubjectRecord? { subjects[id] }

    package func subject(usernameKey: String) -> SubjectRecord? {
        subjects.values.first { $0.account?.usernameKey == usernameKey }
    }

    package func signingKeys() -> [SigningKeyRecord] {
        keys.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    package func client(_ id: ClientID) -> ClientRecord? { clients[id] }

    package func isUsed(_ assertion: AssertionID) -> Bool { usedAssertions[assertion] != nil }

    package func sessions(of subject: SubjectID, activeSince since: Timestamp, limit: Int) -> [SessionID] {
        let ids = sessions.values.filter { session in
            session.subject == subject && session.ending == nil && session.epoch == subjects[subject]?.epoch
                && tokens[session.id].map { $0.rotatedAt >= since } ?? false
        }.map(\.id)
        return Array(ids.prefix(limit))
    }

    package func newestSession(of subject: SubjectID) -> SessionID? {
        sessions.values.filter { $0.subject == subject }.map(\.id).max { $0.description < $1.description }
    }

    package func expiredSessions(at now: Timestamp, limit: Int) -> [SessionID] {
        let expired = sessions.values.filter { $0.expiresAt <= now }.sorted { $0.expiresAt < $1.expiresAt }
        return Array(expired.prefix(limit).map(\.id))
    }

    fileprivate mutating func apply(_ writeSet: WriteSet, at now: Timestamp) {
        subjects.merge(writeSet.subjects) { $1 }
        sessions.merge(writeSet.openedSessions) { $1 }
        sessions.merge(writeSet.changedSessions) { $1 }
        tokens.merge(writeSet.tokens) { $1 }
        for id in writeSet.collectedSessions {
            sessions[id] = nil
            tokens[id] = nil
        }
        for id in writeSet.removedSigningKeys { keys[id] = nil }
        keys.merge(writeSet.signingKeys) { $1 }
        for id in writeSet.removedClients { clients[id] = nil }
        clients.merge(writeSet.clients) { $1 }
        for event in writeSet.events {
            newestEvent += 1
            events.append(StoredEvent(number: newestEvent, event: event))
        }
        usedAssertions.merge(writeSet.usedAssertions) { $1 }
        for var revocation in writeSet.revocations {
            newestRevocation += 1
            revocation.sequence = newestRevocation
            revocations.append(revocation)
        }
        guard writeSet.collectLimit > 0 else { return }
        revocations.removeAll { $0.until <= now }
        usedAssertions = usedAssertions.filter { $0.value > now }
        events.removeAll { $0.event.at + EventRecord.retentionSeconds <= now }
        let inUse = Set(sessions.values.map(\.subject))
        subjects = subjects.filter { id, subject in
            subject.expiresAt.map { $0 > now } ?? true || inUse.contains(id)
        }
    }
}
