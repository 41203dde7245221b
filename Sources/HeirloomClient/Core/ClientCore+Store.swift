/// What is read from the store, and what follows from it.
extension ClientCore {
    mutating func loaded(_ bytes: [UInt8]?, for operation: Operation, at now: ClientInstant) -> Step {
        var reports: [ClientEvent] = []
        if let bytes {
            if let stored = StoredSession(bytes) {
                guard stored.issuer.utf8.elementsEqual(settings.issuer.utf8),
                    stored.clientID.utf8.elementsEqual(settings.clientID.utf8)
                else { return finish(.failure(.foreignSession)) }
                reports = adopt(stored, at: now)
            } else if case .login = operation {
                session = nil
            } else if case .forget(nil, let reason) = operation {
                return perform(.remove, .removing(reason, .success(.nothing)))
            } else {
                return finish(.failure(.store("the store holds something else than a session")))
            }
        } else if session != nil {
            session = nil
            reports = [.signedOut(.elsewhere)]
        }
        var step = follow(operation, at: now)
        step.reports = reports + step.reports
        return step
    }

    private mutating func follow(_ operation: Operation, at now: ClientInstant) -> Step {
        if case .login(let form) = operation {
            flight.form = form
            flight.newKey = settings.bindsSessions ? ProofKey(random: settings.random) : nil
            return send(.login, at: now)
        }
        guard let session else {
            if case .refresh = operation { return finish(.failure(.notSignedIn)) }
            return finish(.success(.nothing))
        }
        switch operation {
        case .login: return finish(.success(.nothing))
        case .look: return finish(.success(.session(session.summary)))
        case .logout: return send(.logout, at: now)
        case .forget(let id, let reason):
            guard id == nil || id == session.id else { return finish(.success(.nothing)) }
            return perform(.remove, .removing(reason, .success(.nothing)))
        case .refresh(let replacing):
            flight.replacing = replacing
            flight.marked = session.presentations
            guard let unsaved, unsaved.successor.refreshToken == session.refreshToken else { return decide(at: now) }
            return perform(.save(session.encoded), .savingAgain)
        }
    }

    /// Takes what the store holds, or the successor of it that could not be saved.
    private mutating func adopt(_ stored: StoredSession, at now: ClientInstant) -> [ClientEvent] {
        let known = session
        if let unsaved, unsaved.parent == stored.refreshToken {
            session = unsaved.successor
        } else {
            unsaved = nil
            session = stored
        }
        guard let session else { return [] }
        remember(session.access, for: session.access.remaining(at: now.unix), at: now)
        guard let known, known.id == session.id else { return [.signedIn(session.summary)] }
        return known.refreshToken == session.refreshToken ? [] : [.refreshed(session.summary)]
    }

    /// Notes how long an access token is valid. What is known of it already is not changed, since the wall clock may
    /// have jumped.
    mutating func remember(_ access: AccessCredential, for remaining: Duration, at now: ClientInstant) {
        guard deadline?.token != access.token else { return }
        deadline = (access.token, now.uptime + remaining)
    }

    /// The access token if it need not be replaced yet; nil if a refresh is due.
    package func freshToken(at now: ClientInstant) -> AccessCredential? {
        guard let session, session.presentations == 0, let deadline, deadline.token == session.access.token,
            now.uptime < deadline.uptime - session.access.margin
        else { return nil }
        return session.access
    }

    /// The access token if it has not expired.
    package func usableToken(at now: ClientInstant) -> AccessCredential? {
        guard let session, let deadline, deadline.token == session.access.token, now.uptime < deadline.uptime
        else { return nil }
        return session.access
    }

    /// The session that the client holds in memory; nil if there is none or the store has not been read.
    package var summary: ClientSession? { session?.summary }

    mutating func storeFailed(_ error: SessionStoreError) -> Step {
        finish(.failure(.store(error.description)), reporting: [.storeFailed(error.description)])
    }

    mutating func removed(
        _ reason: SignOutReason, _ result: Result<Value, HeirloomClientError>, _ event: Event
    ) -> Step {
        session = nil
        unsaved = nil
        deadline = nil
        guard case .storeFailed(let error) = event else { return finish(result, reporting: [.signedOut(reason)]) }
        // What is still stored is refused by the service, unless the service was not asked.
        let failed: Result<Value, HeirloomClientError> =
            if case .success = result { .failure(.store(error.description)) } else { result }
        return finish(failed, reporting: [.storeFailed(error.description), .signedOut(reason)])
    }
}
