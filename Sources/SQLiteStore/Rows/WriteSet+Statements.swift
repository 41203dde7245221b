import StoreRows
import StrictCoding
import TokenCore

extension WriteSet {
    /// Calls `run` with each statement that writes this set, in their order.
    func forEachStatement(_ run: (_ sql: String, _ values: [SQLiteValue]) throws -> Void) rethrows {
        // A user name that a subject releases may be taken by a new one in the same batch.
        let users = subjects.values.filter { $0.account != nil }
        for subject in subjects.values where subject.account == nil { try run(Queries.saveSubject, subject.values) }
        if users.count > 1 { for user in users { try run(Queries.renameSubject, user.nameValues) } }
        for user in users { try run(Queries.saveSubject, user.values) }
        for session in openedSessions.values { try run(Queries.insertSession, session.values) }
        for session in changedSessions.values { try run(sql.updateSession, session.changedValues) }
        for (id, token) in tokens {
            try run(openedSessions[id] == nil ? sql.updateToken : Queries.insertToken, token.values(of: id))
        }
        for id in collectedSessions {
            try run(sql.deleteSession, [.id(id)])
            try run(sql.deleteToken, [.id(id)])
            try run(sql.deleteUpstreamSession, [.id(id)])
        }
        for (id, upstream) in upstreamSessions { try run(Queries.insertUpstreamSession, upstream.values(of: id)) }
        for id in unlinkedIdentities { try run(sql.deleteIdentity, [.blob(id.bytes)]) }
        for identity in linkedIdentities.values { try run(Queries.insertIdentity, identity.values) }
        for (id, time) in usedIdentities { try run(sql.updateIdentity, [.time(time), .blob(id.bytes)]) }
        for id in removedSigningKeys { try run(sql.deleteSigningKey, [.text(id.value)]) }
        for key in signingKeys.values { try run(Queries.saveSigningKey, key.values) }
        for id in removedClients { try run(sql.deleteClient, [.text(id.value)]) }
        for client in clients.values { try run(Queries.saveClient, client.values) }
        for use in usedOnce {
            try run(Queries.insertUsedOnce, [.integer(use.namedAt), .blob(use.hash), .time(use.forgottenAt)])
        }
        for (subject, link) in oneTimeLinks {
            guard let link else {
                try run(sql.deleteOneTimeLink, [.text(subject.value)])
                continue
            }
            try run(Queries.saveOneTimeLink, link.values)
        }
        for event in events { try run(Queries.insertEvent, event.values) }
        for revocation in revocations { try run(Queries.insertRevocation, revocation.values) }
        for cursor in webhookCursors.values { try run(Queries.saveWebhookCursor, cursor.values) }
        if let collectedEvents {
            try run(sql.deleteEvents, [.integer(collectedEvents.lowerBound), .integer(collectedEvents.upperBound)])
        }
        if isWriteProbe { try run(Queries.probeWrite, []) }
        if let expiredRows {
            for sql in sql.deleteExpired { try run(sql, [.time(expiredRows.at), .integer(expiredRows.limit)]) }
        }
    }

    /// About how many pages of the file these statements change.
    var pageCount: Int {
        tokens.count + 5 * openedSessions.count + events.count + revocations.count + subjects.count
            + collectedSessions.count + usedOnce.count + 3 * upstreamSessions.count + 3 * linkedIdentities.count
            + usedIdentities.count + webhookCursors.count
    }
}

extension SubjectRecord {
    fileprivate var nameValues: [SQLiteValue] {
        [
            .text(account?.username), .text(account?.usernameKey), .text(account?.foldedUsername), .text(id.value),
            .text(account?.usernameKey),
        ]
    }

    fileprivate var values: [SQLiteValue] {
        [
            .text(id.value), .text(state.rawValue), .time(epoch), .integer(openSessions), .time(createdAt),
            .time(expiresAt), .text(account?.username), .text(account?.usernameKey), .text(account?.foldedUsername),
            .text(account?.password?.phc), .integer(account?.passwordVersion), .integer(account?.unlocks ?? 0),
            .text(claims?.text), .time(issuedFrom),
        ]
    }
}

extension SessionRecord {
    fileprivate var values: [SQLiteValue] {
        [
            .id(id), .text(subject.value), .text(client.value), .text(scope.description), .text(device?.name),
            .text(device?.address), .text(device?.userAgent), .text(storedAuthenticationMethods),
            .time(authenticatedAt), .time(createdAt), .time(expiresAt), .time(epoch), .time(ending?.at),
            .text(ending?.reason.rawValue), .text(ending?.detail), .integer(isRemembered ? 1 : 0),
            .text(claims?.text), .blob(keyThumbprint?.bytes), .integer(isAuthenticatedHere ? 1 : 0),
        ]
    }

    fileprivate var changedValues: [SQLiteValue] {
        [.time(epoch), .time(ending?.at), .text(ending?.reason.rawValue), .text(ending?.detail), .id(id)]
    }
}

extension IdentityRecord {
    fileprivate var values: [SQLiteValue] {
        [
            .blob(id.bytes), .text(identity.issuer), .text(identity.providerSubject), .text(subject.value),
            .time(createdAt), .time(lastUsedAt),
        ]
    }
}

extension UpstreamSessionRecord {
    fileprivate func values(of id: SessionID) -> [SQLiteValue] {
        [.id(id), .blob(identity.bytes), .blob(upstream?.bytes)]
    }
}

extension RefreshTokenRecord {
    fileprivate func values(of id: SessionID) -> [SQLiteValue] {
        [
            .integer(Int(generation.number)), .blob(hash.bytes), .blob(nonce?.bytes), .time(rotatedAt),
            .integer(retries), .time(retryRecordedAt), .time(mismatchRecordedAt), .time(keyMismatchRecordedAt), .id(id),
        ]
    }
}

extension SigningKeyRecord {
    fileprivate var values: [SQLiteValue] {
        [
            .text(id.value), .text(algorithm.rawValue), .text(state.rawValue), .blob(sealedPrivateKey),
            .time(createdAt), .time(activatedAt), .time(expiresAt),
        ]
    }
}

extension ClientRecord {
    fileprivate var values: [SQLiteValue] {
        [
            .text(id.value), .blob(storedSecretHashes), .text(accessTokenFormat.rawValue),
            .text(allowedScope?.description), .time(createdAt), .text(jwks), .text(storedPermissions),
            .integer(limits.idleLifetimeSeconds), .integer(limits.absoluteLifetimeSeconds),
            .integer(limits.retryWindowSeconds), .integer(requiresProof ? 1 : 0),
        ]
    }
}

extension OneTimeLink {
    fileprivate var values: [SQLiteValue] {
        [.text(subject.value), .text(purpose.rawValue), .blob(hash.bytes), .time(expiresAt)]
    }
}

extension WebhookCursor {
    fileprivate var values: [SQLiteValue] {
        [.text(name.value), .integer(position), .time(failingSince), .text(holder), .time(heldUntil)]
    }
}

extension EventRecord {
    fileprivate var values: [SQLiteValue] {
        [
            .text(kind.rawValue), .time(at), .text(subject?.value), .blob(session?.uuid.bytes), .text(client?.value),
            .text(address), .text(detail), .integer(generationsBehind), .time(at + EventRecord.retentionSeconds),
            .text(actor),
        ]
    }
}

extension RevocationRecord {
    fileprivate var values: [SQLiteValue] {
        let (kind, name, openedBefore) = storedTarget
        return [.text(kind), .text(name), .time(openedBefore), .time(at), .time(until)]
    }
}
