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
    private var subjects: [SubjectID: SubjectRecord?] = [:]
    private var knownSigningKeys: [SigningKeyRecord]?
    var identities: [IdentityID: IdentityRecord?] = [:]

    package init(rows: any Rows, rules: SessionRules, now: Timestamp) {
        self.rows = rows
        self.rules = rules
        self.now = now
    }
}

// MARK: - Reading

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

// MARK: - Writing

extension Transaction {
    package mutating func open(_ session: Session) {
        sessions[session.id] = session
        writeSet.openedSessions[session.id] = session.record
        writeSet.tokens[session.id] = session.token
    }

    package mutating func save(_ token: RefreshTokenRecord, of id: SessionID) {
        guard let known = sessions[id], let known else { return }
        sessions[id] = known.with(token)
        writeSet.tokens[id] = token
    }

    package mutating func save(_ subject: SubjectRecord) {
        subjects[subject.id] = subject
        writeSet.subjects[subject.id] = subject
    }

    package mutating func save(_ key: SigningKeyRecord) throws {
        knownSigningKeys = try signingKeys().filter { $0.id != key.id } + [key]
        writeSet.signingKeys[key.id] = key
    }

    package mutating func removeSigningKey(_ id: SigningKeyID) throws {
        knownSigningKeys = try signingKeys().filter { $0.id != id }
        writeSet.signingKeys[id] = nil
        writeSet.removedSigningKeys.append(id)
    }

    package mutating func save(_ client: ClientRecord) {
        writeSet.removedClients.removeAll { $0 == client.id }
        writeSet.clients[client.id] = client
    }

    package mutating func removeClient(_ id: ClientID) {
        writeSet.clients[id] = nil
        writeSet.removedClients.append(id)
    }

    /// Uses something up.
    ///
    /// - Returns: whether it was fresh. If not, nothing is changed.
    package mutating func useOnce(_ use: UsedOnce) throws -> Bool {
        guard try !isUsed(use) else { return false }
        writeSet.usedOnce.insert(use)
        return true
    }

    package mutating func save(_ link: OneTimeLink) { writeSet.oneTimeLinks[link.subject] = link }

    package mutating func voidOneTimeLink(of subject: SubjectID) {
        writeSet.oneTimeLinks[subject] = .some(nil)
    }

    package mutating func save(_ cursor: WebhookCursor) { writeSet.webhookCursors[cursor.name] = cursor }

    package mutating func record(_ event: EventRecord) {
        writeSet.events.append(administrator.map { event.caused(by: $0) } ?? event)
    }

    /// Records an event that its maker can cause without end and at no cost: at most one of its kind a session and
    /// minute.
    ///
    /// - Parameter last: when the session's last event of this kind was recorded. The caller saves it.
    package mutating func record(_ event: EventRecord, oncePerMinute last: inout Timestamp?) {
        if let last, last <= now, now < last + 60 { return leaveOut(event.kind) }
        last = now
        record(event)
    }

    /// Counts an event that is not recorded.
    package mutating func leaveOut(_ kind: EventRecord.Kind) { writeSet.unrecordedEvents.append(kind) }

    /// Ends one session, whether or not its lifetime is over.
    package mutating func end(_ id: SessionID, reason: EndReason, detail: String? = nil) throws {
        guard let session = try session(id) else { return }
        var record = session.record
        record.ending = SessionRecord.Ending(at: now, reason: reason, detail: detail)
        save(record)
        if session.isCounted { try countEnd(of: session) }
        publish(.session(id))
    }

    /// Ends every session of a subject but one, which moves into the new epoch.
    ///
    /// - Returns: how many others were open.
    package mutating func endSessions(of subject: SubjectID, except kept: SessionID) throws -> Int {
        let open = try advanceEpoch(of: subject)
        guard var advanced = try self.subject(subject), let session = try session(kept) else { return open }
        advanced.openSessions = 1
        save(advanced)
        var record = session.record
        record.epoch = advanced.epoch
        save(record)
        try publishSessions(of: subject, except: kept)
        return max(0, open - 1)
    }

    /// Ends every session of the subject by one row.
    ///
    /// The new epoch is not before the time in any of their ids, even when a session was opened by a node whose clock
    /// is fast, and it is strictly later than the last one, even when the clock stands still or goes back. A session
    /// that is opened afterwards gets a later id. So a verifier can distinguish them by the id alone.
    ///
    /// - Returns: how many sessions were open.
    package mutating func advanceEpoch(of id: SubjectID) throws -> Int {
        guard var subject = try subject(id) else { return 0 }
        let open = subject.openSessions
        let opened = writeSet.openedSessions.values.filter { $0.subject == id }.map(\.id)
        let newest = ([try rows.newestSession(of: id)].compactMap { $0 } + opened).map(\.uuid.time).max()
        subject.epoch = max(now, subject.epoch + .millisecond, newest ?? now)
        subject.openSessions = 0
        // The row that holds the epoch outlives its entry in the feed: a new row would start before that epoch.
        subject.expiresAt = subject.expiresAt.map { max($0, now + feedSeconds) }
        save(subject)
        return open
    }

    /// Deletes a session.
    package mutating func collect(_ id: SessionID) throws {
        guard let session = try session(id) else { return }
        if session.isCounted { try countEnd(of: session) }
        sessions[id] = .some(nil)
        writeSet.changedSessions[id] = nil
        writeSet.tokens[id] = nil
        writeSet.upstreamSessions[id] = nil
        writeSet.collectedSessions.append(id)
    }

    /// Deletes the oldest events as long as there are more than `maximum`, at most `limit`. Numbers that were never
    /// used count as events.
    ///
    /// - Returns: whether there may be more of them.
    package mutating func collectEvents(beyond maximum: Int, limit: Int) throws -> Bool {
        guard let numbers = try rows.eventNumbers(), numbers.count > maximum else { return false }
        let excess = numbers.count - maximum
        writeSet.collectedEvents = numbers.lowerBound...numbers.lowerBound + min(excess, limit) - 1
        return excess > limit
    }

    /// Whether more than `limit` rows of a table that ``collectExpiredRows(limit:)`` concerns have expired.
    package func hasExpiredRows(beyond limit: Int) throws -> Bool { try rows.hasExpiredRows(at: now, beyond: limit) }

    /// Deletes rows of other tables whose time is over, at most `limit` of each table.
    package mutating func collectExpiredRows(limit: Int) {
        writeSet.expiredRows = WriteSet.ExpiredRows(at: now, limit: max(limit, writeSet.expiredRows?.limit ?? 0))
    }

    package mutating func probeWrite() { writeSet.isWriteProbe = true }

    private mutating func save(_ record: SessionRecord) {
        guard let known = sessions[record.id], let known else { return }
        sessions[record.id] = Session(
            record: record, token: known.token, subject: known.subject, client: known.client)
        if writeSet.openedSessions[record.id] != nil {
            writeSet.openedSessions[record.id] = record
        } else {
            writeSet.changedSessions[record.id] = record
        }
    }

    /// Counts one open session less for its subject.
    private mutating func countEnd(of session: Session) throws {
        let known: SubjectRecord?
        // A session ends even when its subject's row has a count that cannot be read.
        do { known = try subject(session.subject.id) } catch is CorruptRow { return }
        guard var subject = known else { return }
        subject.openSessions = max(0, subject.openSessions - 1)
        save(subject)
    }
}

extension Session {
    /// Whether it is one of its subject's ``SubjectRecord/openSessions``.
    fileprivate var isCounted: Bool { record.ending == nil && record.epoch == subject.epoch }
}
