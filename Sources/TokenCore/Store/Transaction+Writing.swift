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
        // A session ends even when its subject's row cannot be read. The count then stays too high.
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
