extension Transaction {
    /// A person's identity, whatever has become of its subject.
    package mutating func identity(_ id: IdentityID) throws -> IdentityRecord? {
        if let known = identities[id] { return known }
        let identity = try rows.identity(id)
        identities[id] = .some(identity)
        return identity
    }

    /// The identities of a subject, at most `limit`.
    func identities(of subject: SubjectID, limit: Int) throws -> [IdentityRecord] {
        // Those that the commands before this one have removed are among the stored ones.
        let stored = try rows.identities(of: subject, limit: limit + writeSet.unlinkedIdentities.count)
            .filter { !writeSet.unlinkedIdentities.contains($0.id) }
        let linked = writeSet.linkedIdentities.values.filter { $0.subject == subject }
        return Array((stored + linked).prefix(limit))
    }

    /// The open sessions that a logout at a provider concerns, as the commands before this one have left them.
    func openSessions(
        _ wanted: UpstreamSessions, openedBefore time: Timestamp, limit: Int
    ) throws -> [SessionID] {
        let stored = try rows.openSessions(wanted, openedBefore: time, limit: limit + sessions.count)
            .filter { id in sessions[id].map { $0.map { isOpen($0.record) } ?? false } ?? true }
        let opened = writeSet.upstreamSessions.filter { id, record in
            wanted.contain(record)
                && writeSet.openedSessions[id].map { $0.createdAt < time && isOpen($0) } ?? false
        }
        return Array((stored + opened.keys).prefix(limit))
    }

    /// Whether neither the session nor all sessions of its subject were ended in this transaction.
    private func isOpen(_ record: SessionRecord) -> Bool {
        record.ending == nil && writeSet.subjects[record.subject].map { $0.epoch == record.epoch } ?? true
    }

    mutating func link(_ identity: IdentityRecord) {
        identities[identity.id] = .some(identity)
        writeSet.linkedIdentities[identity.id] = identity
    }

    mutating func unlink(_ id: IdentityID) {
        identities[id] = .some(nil)
        if writeSet.linkedIdentities.removeValue(forKey: id) == nil { writeSet.unlinkedIdentities.insert(id) }
        writeSet.usedIdentities[id] = nil
    }

    /// Records a sign-in by an identity, which becomes the subject's if it is new.
    mutating func use(_ identity: Identity, of subject: SubjectID) throws {
        let known = try self.identity(identity.id)
        var record = known ?? IdentityRecord(identity: identity, subject: subject, createdAt: now)
        record.lastUsedAt = now
        if known == nil || writeSet.linkedIdentities[record.id] != nil { return link(record) }
        identities[record.id] = .some(record)
        writeSet.usedIdentities[record.id] = now
    }

    mutating func open(_ record: UpstreamSessionRecord, of session: SessionID) {
        writeSet.upstreamSessions[session] = record
    }
}
