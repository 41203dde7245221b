package import TokenCore

extension MemoryStore {
    /// The rows of all tables, by their keys.
    package struct Tables: Sendable {
        package var sessions: [SessionID: SessionRecord] = [:]
        package var tokens: [SessionID: RefreshTokenRecord] = [:]
        package var subjects: [SubjectID: SubjectRecord] = [:]
        package var keys: [SigningKeyID: SigningKeyRecord] = [:]
        package var clients: [ClientID: ClientRecord] = [.web: .web]
        package var events: [EventRecord] = []
        package var newestEvent = 0
        package var revocations: [RevocationRecord] = []
        package var newestRevocation = 0
        package var identities: [IdentityID: IdentityRecord] = [:]
        package var upstreamSessions: [SessionID: UpstreamSessionRecord] = [:]
        package var usedOnce: Set<UsedOnce> = []
        package var oneTimeLinks: [SubjectID: OneTimeLink] = [:]
        package var webhookCursors: [WebhookName: WebhookCursor] = [:]

        /// Empty tables.
        package init() {}
    }
}

extension MemoryStore.Tables: Rows {
    package func session(_ id: SessionID) -> Session? { session(id, hasDevice: false) }

    func session(_ id: SessionID, hasDevice: Bool) -> Session? {
        guard var record = sessions[id], let token = tokens[id], let subject = subjects[record.subject] else {
            return nil
        }
        if !hasDevice { record.device = nil }
        return Session(record: record, token: token, subject: Session.Subject(subject), client: clients[record.client])
    }

    package func subject(_ id: SubjectID) -> SubjectRecord? { subjects[id] }

    package func subjects(named keys: UsernameKeys) -> [SubjectRecord] {
        subjects.values.filter { $0.account.map(keys.match) ?? false }
    }

    package func signingKeys() -> [SigningKeyRecord] {
        keys.values.sorted { ($0.createdAt, $0.id.value) < ($1.createdAt, $1.id.value) }
    }

    package func client(_ id: ClientID) -> ClientRecord? { clients[id] }

    package func isUsed(_ use: UsedOnce) -> Bool { usedOnce.contains(use) }

    package func oneTimeLink(of subject: SubjectID) -> OneTimeLink? { oneTimeLinks[subject] }

    package func openSessions(of subject: SubjectID, rotatedSince since: Timestamp, limit: Int) -> [SessionID] {
        let ids = sessions.values.filter { session in
            session.subject == subject && session.ending == nil && session.epoch == subjects[subject]?.epoch
                && tokens[session.id].map { max($0.rotatedAt, $0.retryRecordedAt ?? $0.rotatedAt) >= since } ?? false
        }.map(\.id)
        return Array(ids.prefix(limit))
    }

    package func sessionUses(of subject: SubjectID, in epoch: Timestamp, limit: Int) -> [SessionUse] {
        let open = sessions.values
            .filter { $0.subject == subject && $0.epoch == epoch && $0.ending == nil }
            .compactMap { session($0.id).map { SessionUse($0) } }
        return Array(open.sorted { $0.id.description < $1.id.description }.prefix(limit))
    }

    package func identity(_ id: IdentityID) -> IdentityRecord? { identities[id] }

    package func identities(of subject: SubjectID, limit: Int) -> [IdentityRecord] {
        let found = identities.values.filter { $0.subject == subject }
            .sorted { ($0.createdAt.milliseconds, $0.id.text) < ($1.createdAt.milliseconds, $1.id.text) }
        return Array(found.prefix(limit))
    }

    package func openSessions(
        _ wanted: UpstreamSessions, openedBefore time: Timestamp, limit: Int
    ) -> [SessionID] {
        let ids = upstreamSessions.filter { id, record in
            guard wanted.contain(record), let session = sessions[id] else { return false }
            return session.createdAt < time && session.ending == nil
                && session.epoch == subjects[session.subject]?.epoch
        }.keys
        return Array(ids.sorted { $0.description < $1.description }.prefix(limit))
    }

    package func newestSession(of subject: SubjectID) -> SessionID? {
        sessions.values.filter { $0.subject == subject }.map(\.id).max { $0.description < $1.description }
    }

    package func expiredSessions(at now: Timestamp, limit: Int) -> [SessionID] {
        let expired = sessions.values.filter { $0.expiresAt <= now }.sorted { $0.expiresAt < $1.expiresAt }
        return Array(expired.prefix(limit).map(\.id))
    }

    package func eventNumbers() -> ClosedRange<Int>? {
        guard let first = events.first, let last = events.last else { return nil }
        return first.number...last.number
    }

    package func newestEventNumber() -> Int { events.last?.number ?? 0 }

    package func webhookCursor(_ name: WebhookName) -> WebhookCursor? { webhookCursors[name] }

    package func hasExpiredRows(at now: Timestamp, beyond limit: Int) -> Bool {
        let inUse = Set(sessions.values.map(\.subject))
        let subjects = subjects.values.count { subject in
            subject.expiresAt.map { $0 <= now } ?? false && !inUse.contains(subject.id)
        }
        return subjects > limit || revocations.count { $0.until <= now } > limit
            || usedOnce.count { $0.forgottenAt <= now } > UsedOnce.sweepFactor * limit
            || oneTimeLinks.values.count { $0.expiresAt <= now } > limit
            || events.count { $0.at + EventRecord.retentionSeconds <= now } > limit
    }

    mutating func write(_ writeSet: WriteSet) {
        subjects.merge(writeSet.subjects) { $1 }
        sessions.merge(writeSet.openedSessions) { $1 }
        for (id, changed) in writeSet.changedSessions {
            sessions[id]?.epoch = changed.epoch
            sessions[id]?.ending = changed.ending
        }
        tokens.merge(writeSet.tokens) { $1 }
        for id in writeSet.collectedSessions {
            sessions[id] = nil
            tokens[id] = nil
            upstreamSessions[id] = nil
        }
        for id in writeSet.removedSigningKeys { keys[id] = nil }
        keys.merge(writeSet.signingKeys) { $1 }
        for id in writeSet.removedClients { clients[id] = nil }
        clients.merge(writeSet.clients) { $1 }
        for id in writeSet.unlinkedIdentities { identities[id] = nil }
        identities.merge(writeSet.linkedIdentities) { $1 }
        for (id, time) in writeSet.usedIdentities { identities[id]?.lastUsedAt = time }
        upstreamSessions.merge(writeSet.upstreamSessions) { $1 }
        for var event in writeSet.events {
            newestEvent += 1
            event.number = newestEvent
            events.append(event)
        }
        if let collected = writeSet.collectedEvents { events.removeAll { collected.contains($0.number) } }
        usedOnce.formUnion(writeSet.usedOnce)
        for (subject, link) in writeSet.oneTimeLinks { oneTimeLinks[subject] = link }
        webhookCursors.merge(writeSet.webhookCursors) { $1 }
        for var revocation in writeSet.revocations {
            newestRevocation += 1
            revocation.sequence = newestRevocation
            revocations.append(revocation)
        }
        if let expired = writeSet.expiredRows { collect(at: expired.at) }
    }

    private mutating func collect(at now: Timestamp) {
        revocations.removeAll { $0.until <= now }
        usedOnce = usedOnce.filter { $0.forgottenAt > now }
        oneTimeLinks = oneTimeLinks.filter { $0.value.expiresAt > now }
        events.removeAll { $0.at + EventRecord.retentionSeconds <= now }
        let inUse = Set(sessions.values.map(\.subject))
        subjects = subjects.filter { id, subject in
            subject.expiresAt.map { $0 > now } ?? true || inUse.contains(id)
        }
    }
}
