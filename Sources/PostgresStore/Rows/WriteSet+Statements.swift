import TokenCore

extension PostgresRows {
    /// Whether all that is to be changed was locked before it was judged.
    func covers(_ writeSet: WriteSet) -> Bool {
        let changesClients = !writeSet.clients.isEmpty || !writeSet.removedClients.isEmpty
        let changesKeys = !writeSet.signingKeys.isEmpty || !writeSet.removedSigningKeys.isEmpty
        return writeSet.subjects.keys.allSatisfy { !unlockedSubjects.contains($0) }
            && (!changesClients || lockedRegisters.contains(.clients))
            && (!changesKeys || lockedRegisters.contains(.signingKeys))
    }
}

extension WriteSet {
    /// What writes them: a statement for each kind of change, however many rows.
    func statements(_ rows: PostgresRows) -> [Statement] {
        var statements: [Statement] = []
        func write<Row>(_ sql: String, _ changed: [Row], _ columns: ([Row]) -> [PostgresValue]) {
            if !changed.isEmpty { statements.append(Statement(sql, columns(changed))) }
        }
        // Those that are there first: a name that one of them gives up may be taken in this batch.
        let known = subjects.values.filter { rows.lockedSubjects[$0.id].map { $0 != nil } ?? false }
        let new = subjects.values.filter { rows.lockedSubjects[$0.id].map { $0 == nil } ?? true }
        write(Query.updateSubjects, known, SubjectRecord.columns)
        // In the order of their keys: two nodes that make the same ones wait for each other in turn.
        write(Query.insertSubjects, new.sorted { $0.id.value < $1.id.value }, SubjectRecord.columns)
        write(Query.insertSessions, Array(openedSessions.values), SessionRecord.columns)
        write(Query.updateSessions, Array(changedSessions.values), SessionRecord.changingColumns)
        let opened = tokens.filter { openedSessions[$0.key] != nil }
        let rotated = tokens.filter { openedSessions[$0.key] == nil }
        write(Query.insertTokens, Array(opened), RefreshTokenRecord.columns)
        write(Query.updateTokens, Array(rotated), RefreshTokenRecord.columns)
        write(Query.deleteSessions, collectedSessions) { [.ids($0)] }
        write(Query.deleteTokens, collectedSessions) { [.ids($0)] }
        write(Query.deleteSigningKeys, removedSigningKeys) { [.texts($0)] }
        statements += signingKeys.values.map { Statement(Query.saveSigningKey, $0.values) }
        write(Query.deleteClients, removedClients) { [.texts($0.map(\.value))] }
        statements += clients.values.map { Statement(Query.saveClient, $0.values) }
        write(Query.insertAssertions, usedAssertions.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
            [.blobs($0.map(\.key.bytes)), .times($0.map(\.value))]
        }
        write(Query.insertEvents, events, EventRecord.columns)
        if isWriteProbed { statements.append(Statement(Query.probeWrite)) }
        // Last, for it locks out every other node's.
        write(Query.insertRevocations, revocations, RevocationRecord.columns)
        if !revocations.isEmpty { statements.append(Statement(Query.notify)) }
        return statements
    }
}

extension SubjectRecord {
    fileprivate static func columns(_ subjects: [SubjectRecord]) -> [PostgresValue] {
        [
            .texts(subjects.map(\.id.value)), .texts(subjects.map(\.state.rawValue)), .times(subjects.map(\.epoch)),
            .integers(subjects.map(\.openSessions)), .times(subjects.map(\.createdAt)),
            .times(subjects.map(\.expiresAt)), .texts(subjects.map { $0.account?.username }),
            .texts(subjects.map { $0.account?.usernameKey }), .texts(subjects.map { $0.account?.password.phc }),
            .integers(subjects.map { $0.account?.passwordVersion }),
        ]
    }
}

extension SessionRecord {
    fileprivate static func columns(_ sessions: [SessionRecord]) -> [PostgresValue] {
        [
            .ids(sessions.map(\.id)), .texts(sessions.map(\.subject.value)), .texts(sessions.map(\.client.value)),
            .texts(sessions.map(\.scope.description)), .texts(sessions.map(\.device.name)),
            .texts(sessions.map(\.device.address)), .texts(sessions.map(\.device.userAgent)),
            .texts(sessions.map { $0.authenticationMethods.joined(separator: " ") }),
            .times(sessions.map(\.authenticatedAt)), .times(sessions.map(\.createdAt)),
            .times(sessions.map(\.expiresAt)), .times(sessions.map(\.epoch)), .times(sessions.map { $0.ending?.at }),
            .texts(sessions.map { $0.ending?.reason.rawValue }), .texts(sessions.map { $0.ending?.detail }),
        ]
    }

    fileprivate static func changingColumns(_ sessions: [SessionRecord]) -> [PostgresValue] {
        [
            .ids(sessions.map(\.id)), .times(sessions.map(\.epoch)), .times(sessions.map { $0.ending?.at }),
            .texts(sessions.map { $0.ending?.reason.rawValue }), .texts(sessions.map { $0.ending?.detail }),
        ]
    }
}

extension RefreshTokenRecord {
    fileprivate static func columns(_ tokens: [(key: SessionID, value: RefreshTokenRecord)]) -> [PostgresValue] {
        [
            .ids(tokens.map(\.key)), .integers(tokens.map { Int($0.value.generation.number) }),
            .blobs(tokens.map(\.value.hash.bytes)), .blobs(tokens.map { $0.value.nonce?.bytes }),
            .times(tokens.map(\.value.rotatedAt)), .integers(tokens.map(\.value.retries)),
        ]
    }
}

extension EventRecord {
    fileprivate static func columns(_ events: [EventRecord]) -> [PostgresValue] {
        [
            .texts(events.map(\.kind.rawValue)), .times(events.map(\.at)), .texts(events.map { $0.subject?.value }),
            .ids(events.map(\.session)), .texts(events.map { $0.client?.value }), .texts(events.map(\.address)),
            .texts(events.map(\.detail)), .times(events.map { $0.at + EventRecord.retentionSeconds }),
        ]
    }
}

extension RevocationRecord {
    fileprivate static func columns(_ entries: [RevocationRecord]) -> [PostgresValue] {
        [
            .texts(entries.map(\.stored.kind)), .texts(entries.map(\.stored.target)),
            .times(entries.map(\.stored.before)), .times(entries.map(\.at)), .times(entries.map(\.until)),
        ]
    }
}
