/// One transaction as the commands see it: rows are loaded when first named, changed in memory, and written by the
/// store when all commands of the batch have been applied. A command never sees a half-applied neighbour.
package struct Transaction {
    package let now: Timestamp
    package let rules: SessionRules
    package private(set) var writeSet = WriteSet()

    private let rows: any Rows
    private var sessions: [SessionID: (session: SessionRecord, token: RefreshTokenRecord)?] = [:]
    private var subjects: [SubjectID: SubjectRecord?] = [:]
    private var loadedKeys: [SigningKeyRecord]?

    package init(rows: any Rows, rules: SessionRules, now: Timestamp) {
        self.rows = rows
        self.rules = rules
        self.now = now
    }

    // MARK: Reading

    package mutating func session(_ id: SessionID) throws -> Session? {
        if let known = sessions[id] {
            guard let known, let subject = try subject(known.session.subject) else { return nil }
            var session = Session(session: known.session, token: known.token, subject: subject)
            session.client = try client(known.session.client)
            return session
        }
        guard var session = try rows.session(id) else {
            sessions[id] = .some(nil)
            return nil
        }
        sessions[id] = (session.record, session.token)
        // A command before this one may have changed the subject.
        if let known = subjects[session.subject.id] {
            guard let known else { return nil }
            session.subject = known
        } else {
            subjects[session.subject.id] = session.subject
        }
        session.client = try client(session.record.client)
        return session
    }

    package mutating func subject(_ id: SubjectID) throws -> SubjectRecord? {
        if let known = subjects[id] { return known }
        let subject = try rows.subject(id)
        subjects[id] = .some(subject)
        return subject
    }

    package mutating func subject(usernameKey: String) throws -> SubjectRecord? {
        if let changed = writeSet.subjects.values.first(where: { $0.account?.usernameKey == usernameKey }) {
            return changed
        }
        guard let stored = try rows.subject(usernameKey: usernameKey) else { return nil }
        // It may have been deleted, and have lost its name, since.
        guard let current = try subject(stored.id), current.account?.usernameKey == usernameKey else { return nil }
        return current
    }

    package mutating func signingKeys() throws -> [SigningKeyRecord] {
        if let loadedKeys { return loadedKeys }
        let keys = try rows.signingKeys()
        loadedKeys = keys
        return keys
    }

    package func client(_ id: ClientID) throws -> ClientRecord? {
        if id == .web { return .web }
        if writeSet.removedClients.contains(id) { return nil }
        return try writeSet.clients[id] ?? rows.client(id)
    }

    package func isUsed(_ assertion: AssertionID) throws -> Bool {
        try writeSet.usedAssertions[assertion] != nil || rows.isUsed(assertion)
    }

    package func expiredSessions(limit: Int) throws -> [SessionID] {
        try rows.expiredSessions(at: now, limit: limit)
    }

    /// Whether what comes as a refresh token or a session id stands for a live session, judged like a refresh but
    /// without a rotation.
    package mutating func authorize(_ credential: SessionCredential) throws -> SessionStatus {
        switch credential {
        case .session(let id):
            guard let session = try session(id) else { return .refused(.unknown, nil) }
            if session.isRevoked { return .refused(.revoked, session) }
            guard session.isLive(at: now, idleLifetimeSeconds: rules.rotation.policy.idleLifetimeSeconds) else {
                return .refused(.expired, session)
            }
            return .granted(session)
        case .refreshToken(let token, let client):
            let session = try session(token.session)
            // No rotation comes of it, so the nonce is never used, and no token is handed out, so that a confidential
            // client's holder may come without its secret: it can only end sessions.
            let nonce = RotationNonce(Entropy { 0 }.bytes())
            switch rules.rotation.judge(
                token, from: client, isAuthenticated: true, session: session, nonce: nonce, now: now)
            {
            case .rotated, .retried:
                guard let session else { return .refused(.unknown, nil) }
                return .granted(session)
            case .refused(let refusal): return .refused(refusal, session)
            }
        }
    }

    // MARK: Writing

    package mutating func open(_ session: SessionRecord, token: RefreshTokenRecord) {
        sessions[session.id] = (session, token)
        writeSet.openedSessions[session.id] = session
        writeSet.tokens[session.id] = token
    }

    package mutating func save(_ token: RefreshTokenRecord, of id: SessionID) {
        guard let known = sessions[id], let known else { return }
        sessions[id] = (known.session, token)
        writeSet.tokens[id] = token
    }

    package mutating func save(_ subject: SubjectRecord) {
        subjects[subject.id] = subject
        writeSet.subjects[subject.id] = subject
    }

    package mutating func save(_ key: SigningKeyRecord) throws {
        var keys = try signingKeys()
        keys.removeAll { $0.id == key.id }
        keys.append(key)
        loadedKeys = keys
        writeSet.signingKeys[key.id] = key
    }

    package mutating func removeSigningKey(_ id: String) throws {
        loadedKeys = try signingKeys().filter { $0.id != id }
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

    package mutating func use(_ assertion: AssertionID, until end: Timestamp) {
        writeSet.usedAssertions[assertion] = end
    }

    /// Ends one session, whether or not its lifetime is over.
    package mutating func end(_ session: Session, reason: SessionRecord.Reason, detail: String? = nil) {
        var session = session.record
        session.ending = SessionRecord.Ending(at: now, reason: reason, detail: detail)
        save(session, token: session.token)
        var subject = session.subject
        if session.epoch == subject.epoch {
            subject.openSessions = max(0, subject.openSessions - 1)
            save(subject)
        }
        publish(.session(session.id))
    }

    /// Moves a session into its subject's present epoch.
    package mutating func keep(_ session: Session, in epoch: Timestamp) {
        var session = session.record
        session.epoch = epoch
        save(session, token: session.token)
    }

    /// Leaves every session of the subject behind, in one row.
    ///
    /// The new epoch is not before the time in any of their ids, even when a session was opened by a node whose clock is
    /// fast, and is strictly later than the last one, even when the clock stands still or goes back. A session that
    /// is opened afterwards gets a later id. So a verifier can tell them apart by the id alone.
    ///
    /// - Returns: the subject as it is now, and how many sessions that ended.
    package mutating func advanceEpoch(of subject: SubjectRecord) throws -> (subject: SubjectRecord, ended: Int) {
        let opened = writeSet.openedSessions.values.filter { $0.subject == subject.id }.map(\.id)
        let newest = ([try rows.newestSession(of: subject.id)].compactMap { $0 } + opened).map(\.uuid.time).max()
        var advanced = subject
        advanced.epoch = max(now, subject.epoch + .millisecond, newest ?? now)
        advanced.openSessions = 0
        // The row that holds the epoch outlives what the feed says of it: one made anew would start before it.
        advanced.expiresAt = subject.expiresAt.map { max($0, now + feedSeconds) }
        save(advanced)
        return (advanced, subject.openSessions)
    }

    /// Forgets a session for good.
    package mutating func collect(_ id: SessionID) throws {
        guard let session = try session(id) else { return }
        if session.record.ending == nil, session.record.epoch == session.subject.epoch {
            var subject = session.subject
            subject.openSessions = max(0, subject.openSessions - 1)
            save(subject)
        }
        sessions[id] = .some(nil)
        writeSet.changedSessions[id] = nil
        writeSet.tokens[id] = nil
        writeSet.collectedSessions.append(id)
    }

    package mutating func collectRest(limit: Int) { writeSet.collectLimit = max(writeSet.collectLimit, limit) }

    package mutating func probeWrite() { writeSet.isWriteProbed = true }

    package mutating func record(_ event: EventRecord) { writeSet.events.append(event) }

    /// Tells the feed of access tokens that are not to be believed any more.
    package mutating func publish(_ target: RevocationRecord.Target) {
        writeSet.revocations.append(
            RevocationRecord(target: target, at: now, until: now + feedSeconds))
    }

    /// How long the feed speaks of what ends now.
    private var feedSeconds: Int { rules.accessTokenLifetimeSeconds + RevocationRecord.signingSeconds }

    /// Tells the feed of every session that a subject's epoch has left behind.
    package mutating func publishSessions(before subject: SubjectRecord) {
        publish(.subject(subject.id, openedBefore: subject.epoch + .millisecond))
    }

    private static let namedSessionsLimit = 1000

    /// Tells the feed of every session but one, each by itself: the entry for a subject would name that one too.
    package mutating func publishSessions(of subject: SubjectID, except kept: SessionID) throws {
        // A retry makes an access token too, and leaves the time of the rotation as it was.
        let seconds = rules.accessTokenLifetimeSeconds + rules.rotation.policy.retryWindowSeconds
        let since = Timestamp(milliseconds: now.milliseconds - Int64(seconds) * 1000)
        let stored = try rows.sessions(of: subject, activeSince: since, limit: Transaction.namedSessionsLimit)
        // What a command before this one has opened or rotated is not in the rows yet.
        let fresh = writeSet.tokens.keys.filter { sessions[$0]??.session.subject == subject }
        for id in Set(stored + fresh) where id != kept { publish(.session(id)) }
        // So many that naming each would hold the lane: one entry for all, which takes this session's tokens along.
        if stored.count == Transaction.namedSessionsLimit, let subject = try self.subject(subject) {
            publishSessions(before: subject)
        }
    }

    private mutating func save(_ session: SessionRecord, token: RefreshTokenRecord) {
        sessions[session.id] = (session, token)
        if writeSet.openedSessions[session.id] != nil {
            writeSet.openedSessions[session.id] = session
        } else {
            writeSet.changedSessions[session.id] = session
        }
    }
}

/// What a caller shows to act as a session.
package enum SessionCredential: Sendable {
    /// The session id of an access token that was verified.
    case session(SessionID)
    case refreshToken(RefreshToken, ClientID?)
}

/// What came of a ``SessionCredential``.
package enum SessionStatus: Sendable {
    case granted(Session)
    case refused(Refusal, Session?)
}
