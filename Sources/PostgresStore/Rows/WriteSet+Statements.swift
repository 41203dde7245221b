import Libpq
import StoreRows
import StrictCoding
import TokenCore

extension WriteSet {
    /// The statements that write this set: one for each kind of change, whatever the number of rows.
    func statements(_ rows: PostgresRows) -> [Statement] {
        var statements: [Statement] = []
        func write<Row>(_ sql: String, _ changed: [Row], _ columns: ([Row]) -> [PostgresValue]) {
            if !changed.isEmpty { statements.append(Statement(sql, columns(changed))) }
        }
        // Known subjects first: a user name that one of them releases may be taken in the same batch.
        let known = subjects.values.filter { rows.isStored($0.id) }
        let new = subjects.values.filter { !rows.isStored($0.id) }
        write(sql.updateSubjects, known, SubjectRecord.parameters)
        // In the order of their keys, so that two nodes which insert the same subjects do not deadlock.
        write(Queries.insertSubjects, new.sorted { $0.id.value < $1.id.value }, SubjectRecord.parameters)
        write(Queries.insertSessions, Array(openedSessions.values), SessionRecord.parameters)
        write(sql.updateSessions, Array(changedSessions.values), SessionRecord.updateParameters)
        let opened = tokens.filter { openedSessions[$0.key] != nil }
        let rotated = tokens.filter { openedSessions[$0.key] == nil }
        write(Queries.insertTokens, Array(opened), RefreshTokenRecord.parameters)
        write(sql.updateTokens, Array(rotated), RefreshTokenRecord.parameters)
        write(sql.deleteSessions, collectedSessions) { [.ids($0)] }
        write(sql.deleteTokens, collectedSessions) { [.ids($0)] }
        write(sql.deleteUpstreamSessions, collectedSessions) { [.ids($0)] }
        write(Queries.insertUpstreamSessions, Array(upstreamSessions), UpstreamSessionRecord.parameters)
        write(sql.deleteIdentities, Array(unlinkedIdentities)) { [.blobs($0.map(\.bytes))] }
        // In the order of their keys, as the subjects.
        write(Queries.insertIdentities, linkedIdentities.values.sorted { $0.id < $1.id }, IdentityRecord.parameters)
        write(sql.updateIdentities, Array(usedIdentities)) { [.blobs($0.map(\.key.bytes)), .times($0.map(\.value))] }
        write(sql.deleteSigningKeys, removedSigningKeys) { [.texts($0.map(\.value))] }
        statements += signingKeys.values.map { Statement(Queries.saveSigningKey, $0.values) }
        write(sql.deleteClients, removedClients) { [.texts($0.map(\.value))] }
        statements += clients.values.map { Statement(Queries.saveClient, $0.values) }
        // In the order of their keys, for the same reason.
        write(Queries.insertUsedOnce, usedOnce.sorted()) { uses in
            [.integers(uses.map(\.namedAt)), .blobs(uses.map(\.hash)), .times(uses.map(\.forgottenAt))]
        }
        write(sql.deleteOneTimeLinks, oneTimeLinks.filter { $0.value == nil }.map(\.key.value)) { [.texts($0)] }
        statements += oneTimeLinks.values.compactMap { $0.map { Statement(Queries.saveOneTimeLink, $0.values) } }
        if let collectedEvents {
            let bounds: [PostgresValue] = [.integer(collectedEvents.lowerBound), .integer(collectedEvents.upperBound)]
            statements.append(Statement(sql.deleteEvents, bounds))
        }
        statements += webhookCursors.values.map { Statement(Queries.saveWebhookCursor, $0.values) }
        if isWriteProbe { statements.append(Statement(sql.probeWrite)) }
        // Last, because other nodes cannot append to the audit trail and to the feed until the commit.
        if !events.isEmpty { statements.append(Statement(Queries.lockEvents)) }
        write(Queries.insertEvents, events, EventRecord.parameters)
        write(Queries.insertRevocations, revocations, RevocationRecord.parameters)
        if !revocations.isEmpty { statements.append(Statement(Queries.notify)) }
        return statements
    }
}

extension SubjectRecord {
    fileprivate static func parameters(_ subjects: [SubjectRecord]) -> [PostgresValue] {
        [
            .texts(subjects.map(\.id.value)), .texts(subjects.map(\.state.rawValue)), .times(subjects.map(\.epoch)),
            .integers(subjects.map(\.openSessions)), .times(subjects.map(\.createdAt)),
            .times(subjects.map(\.expiresAt)), .texts(subjects.map { $0.account?.username }),
            .texts(subjects.map { $0.account?.usernameKey }), .texts(subjects.map { $0.account?.foldedUsername }),
            .texts(subjects.map { $0.account?.password?.phc }), .integers(subjects.map { $0.account?.passwordVersion }),
            .integers(subjects.map { $0.account?.unlocks ?? 0 }), .texts(subjects.map { $0.claims?.text }),
            .times(subjects.map(\.issuedFrom)),
        ]
    }
}

extension SessionRecord {
    fileprivate static func parameters(_ sessions: [SessionRecord]) -> [PostgresValue] {
        [
            .ids(sessions.map(\.id)), .texts(sessions.map(\.subject.value)), .texts(sessions.map(\.client.value)),
            .texts(sessions.map(\.scope.description)), .texts(sessions.map(\.device?.name)),
            .texts(sessions.map(\.device?.address)), .texts(sessions.map(\.device?.userAgent)),
            .texts(sessions.map(\.storedAuthenticationMethods)),
            .times(sessions.map(\.authenticatedAt)), .times(sessions.map(\.createdAt)),
            .times(sessions.map(\.expiresAt)), .times(sessions.map(\.epoch)), .times(sessions.map { $0.ending?.at }),
            .texts(sessions.map { $0.ending?.reason.rawValue }), .texts(sessions.map { $0.ending?.detail }),
            .integers(sessions.map { $0.isRemembered ? 1 : 0 }), .texts(sessions.map { $0.claims?.text }),
            .blobs(sessions.map { $0.keyThumbprint?.bytes }),
            .integers(sessions.map { $0.isAuthenticatedHere ? 1 : 0 }),
        ]
    }

    fileprivate static func updateParameters(_ sessions: [SessionRecord]) -> [PostgresValue] {
        [
            .ids(sessions.map(\.id)), .times(sessions.map(\.epoch)), .times(sessions.map { $0.ending?.at }),
            .texts(sessions.map { $0.ending?.reason.rawValue }), .texts(sessions.map { $0.ending?.detail }),
        ]
    }
}

extension IdentityRecord {
    fileprivate static func parameters(_ records: [IdentityRecord]) -> [PostgresValue] {
        [
            .blobs(records.map(\.id.bytes)), .texts(records.map(\.identity.issuer)),
            .texts(records.map(\.identity.providerSubject)), .texts(records.map(\.subject.value)),
            .times(records.map(\.createdAt)), .times(records.map(\.lastUsedAt)),
        ]
    }
}

extension UpstreamSessionRecord {
    fileprivate static func parameters(_ rows: [(key: SessionID, value: UpstreamSessionRecord)]) -> [PostgresValue] {
        [
            .ids(rows.map(\.key)), .blobs(rows.map(\.value.identity.bytes)),
            .blobs(rows.map { $0.value.upstream?.bytes }),
        ]
    }
}

extension SigningKeyRecord {
    fileprivate var values: [PostgresValue] {
        [
            .text(id.value), .text(algorithm.rawValue), .text(state.rawValue), .bytes(sealedPrivateKey),
            .time(createdAt), .time(activatedAt), .time(expiresAt),
        ]
    }
}

extension ClientRecord {
    fileprivate var values: [PostgresValue] {
        [
            .text(id.value), .bytes(storedSecretHashes), .text(accessTokenFormat.rawValue),
            .text(allowedScope?.description), .time(createdAt), .text(jwks), .text(storedPermissions),
            .integer(limits.idleLifetimeSeconds), .integer(limits.absoluteLifetimeSeconds),
            .integer(limits.retryWindowSeconds), .integer(requiresProof ? 1 : 0),
        ]
    }
}

extension RefreshTokenRecord {
    fileprivate static func parameters(_ tokens: [(key: SessionID, value: RefreshTokenRecord)]) -> [PostgresValue] {
        [
            .ids(tokens.map(\.key)), .integers(tokens.map { Int($0.value.generation.number) }),
            .blobs(tokens.map(\.value.hash.bytes)), .blobs(tokens.map { $0.value.nonce?.bytes }),
            .times(tokens.map(\.value.rotatedAt)), .integers(tokens.map(\.value.retries)),
            .times(tokens.map(\.value.retryRecordedAt)), .times(tokens.map(\.value.mismatchRecordedAt)),
            .times(tokens.map(\.value.keyMismatchRecordedAt)),
        ]
    }
}

extension OneTimeLink {
    fileprivate var values: [PostgresValue] {
        [.text(subject.value), .text(purpose.rawValue), .bytes(hash.bytes), .time(expiresAt)]
    }
}

extension WebhookCursor {
    fileprivate var values: [PostgresValue] {
        [.text(name.value), .integer(position), .time(failingSince), .text(holder), .time(heldUntil)]
    }
}

extension EventRecord {
    fileprivate static func parameters(_ events: [EventRecord]) -> [PostgresValue] {
        [
            .texts(events.map(\.kind.rawValue)), .times(events.map(\.at)), .texts(events.map { $0.subject?.value }),
            .ids(events.map(\.session)), .texts(events.map { $0.client?.value }), .texts(events.map(\.address)),
            .texts(events.map(\.detail)), .integers(events.map(\.generationsBehind)),
            .times(events.map { $0.at + EventRecord.retentionSeconds }), .texts(events.map(\.actor)),
        ]
    }
}

extension RevocationRecord {
    fileprivate static func parameters(_ entries: [RevocationRecord]) -> [PostgresValue] {
        [
            .texts(entries.map(\.storedTarget.kind)), .texts(entries.map(\.storedTarget.name)),
            .times(entries.map(\.storedTarget.openedBefore)), .times(entries.map(\.at)), .times(entries.map(\.until)),
        ]
    }
}
