/// One transaction as the commands see it. Rows are read when a command first asks for them, changed in memory, and
/// written by the store when all commands of the batch have been applied. A command sees what the commands before it
/// did.
package struct Transaction {
    package let now: Timestamp
    package let rules: SessionRules
    package internal(set) var writeSet = WriteSet()
    /// The administrator who causes what the following commands do; nil for none.
    package var administrator: Administrator?

    let rows: any Rows
    /// The sessions that were read or opened, with their own changes but not those of their subjects and clients.
    var sessions: [SessionID: Session?] = [:]
    var subjects: [SubjectID: SubjectRecord?] = [:]
    var knownSigningKeys: [SigningKeyRecord]?
    var identities: [IdentityID: IdentityRecord?] = [:]

    package init(rows: any Rows, rules: SessionRules, now: Timestamp) {
        self.rows = rows
        self.rules = rules
        self.now = now
    }
}

extension Transaction {
    package mutating func session(_ id: SessionID) throws -> Session? {
        let found: Session?
        if let known = sessions[id] {
            found = known
        } else {
            found = try rows.session(id)
            sessions[id] = .some(found)
        }
        guard let found else { return nil }
        return current(found)
    }

    /// A session with its subject and its client as the commands before this one have left them.
    private func current(_ session: Session) -> Session {
        let subject = subjects[session.subject.id] ?? nil
        guard subject != nil || !writeSet.clients.isEmpty || !writeSet.removedClients.isEmpty else { return session }
        return Session(
            record: session.record, token: session.token,
            subject: subject.map { Session.Subject($0) } ?? session.subject,
            client: current(session.client, session.record.client))
    }

    package mutating func subject(_ id: SubjectID) throws -> SubjectRecord? {
        if let known = subjects[id] { return known }
        let subject = try rows.subject(id)
        subjects[id] = .some(subject)
        return subject
    }

    /// The users whose name equals in either form.
    package mutating func subjects(named keys: UsernameKeys) throws -> [SubjectRecord] {
        // A command before this one may have taken the name, or released it.
        let stored = try rows.subjects(named: keys).filter { writeSet.subjects[$0.id] == nil }
        return stored + writeSet.subjects.values.filter { $0.account.map(keys.match) ?? false }
    }

    /// The users whose name equals one of many in either form.
    package func subjects(namedAnyOf names: [UsernameKeys]) throws -> [SubjectRecord] {
        let stored = try rows.subjects(namedAnyOf: names).filter { writeSet.subjects[$0.id] == nil }
        let changed = writeSet.subjects.values.filter { subject in
            subject.account.map { account in names.contains { $0.match(account) } } ?? false
        }
        return stored + changed
    }

    /// The users who had the name at the beginning of the transaction. A store cannot write it into another row that
    /// exists in the transaction that releases it.
    package func storedSubjects(named keys: UsernameKeys) throws -> [SubjectRecord] { try rows.subjects(named: keys) }

    package mutating func signingKeys() throws -> [SigningKeyRecord] {
        if let knownSigningKeys { return knownSigningKeys }
        let keys = try rows.signingKeys()
        knownSigningKeys = keys
        return keys
    }

    package func client(_ id: ClientID) throws -> ClientRecord? {
        if writeSet.removedClients.contains(id) { return nil }
        return try writeSet.clients[id] ?? rows.client(id)
    }

    /// A client as the commands before this one have left it.
    private func current(_ stored: ClientRecord?, _ id: ClientID) -> ClientRecord? {
        if writeSet.removedClients.contains(id) { return nil }
        return writeSet.clients[id] ?? stored
    }

    /// Whether something that may be used once was used before.
    func isUsed(_ use: UsedOnce) throws -> Bool { try writeSet.usedOnce.contains(use) || rows.isUsed(use) }

    package func oneTimeLink(of subject: SubjectID) throws -> OneTimeLink? {
        if let known = writeSet.oneTimeLinks[subject] { return known }
        return try rows.oneTimeLink(of: subject)
    }

    /// The highest number of the events that other transactions have stored; 0 when there are none.
    package func newestEventNumber() throws -> Int { try rows.newestEventNumber() }

    package func webhookCursor(_ name: WebhookName) throws -> WebhookCursor? {
        try writeSet.webhookCursors[name] ?? rows.webhookCursor(name)
    }

    package func expiredSessions(limit: Int) throws -> [SessionID] {
        try rows.expiredSessions(at: now, limit: limit)
    }

    /// The open sessions of a subject, as the commands before this one have left them. At most `limit` are read.
    mutating func sessionUses(of subject: SubjectRecord, limit: Int) throws -> [SessionUse] {
        let stored = try rows.sessionUses(of: subject.id, in: subject.epoch, limit: limit)
        let known = sessions.values.compactMap { known -> SessionUse? in
            guard let known, known.record.subject == subject.id, known.record.epoch == subject.epoch,
                known.record.ending == nil
            else { return nil }
            return SessionUse(current(known))
        }
        return known + stored.filter { sessions[$0.id] == nil }
    }

    /// Sessions that the command will change, all at once: see ``Rows/prepare(_:spare:)``.
    func prepare(_ ids: [SessionID], spare: [SessionID]) throws {
        try rows.prepare(ids.filter { sessions[$0] == nil }, spare: spare)
    }

    /// The status of a credential. The proof of a live one is used up.
    package mutating func status(of credential: SessionCredential) throws -> SessionStatus {
        switch credential {
        case .session(let id, let use):
            let status = rules.rotation.policy.status(of: try session(id), at: now)
            guard case .live(let session) = status, let use, try !useOnce(use) else { return status }
            return .refused(.proof(.replayed), session)
        case .refreshToken(var presentation):
            let session = try session(presentation.token.session)
            presentation.proof = try current(presentation.proof)
            let status = rules.rotation.status(of: presentation, session: session, now: now)
            if case .live = status { try use(presentation.proof) }
            return status
        }
    }
}
