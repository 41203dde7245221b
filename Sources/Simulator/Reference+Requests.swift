import TokenCore

extension Reference {
    /// Applies a request and returns the answer that the service must give.
    mutating func reply(to request: Request, at now: Timestamp, branch: Int) -> Reply {
        switch request {
        case .open(let id, let person, let version, let proof):
            open(id, person, version, proof, at: now, branch: branch)
        case .refresh(let token, let byOther, let proof):
            refresh(token, byOtherClient: byOther, proof, at: now, branch: branch)
        case .forge: .refused(.malformed)
        case .end(let id): end(id)
        case .endOther(let id, let acting, let proof): endOther(id, actingAs: acting, proof, at: now)
        case .endAll(let requester): endAll(requester, at: now)
        case .changePassword(let requester, let version): changePassword(requester, version, at: now)
        case .setState(let person, let state): setState(person, state, at: now)
        case .signIn(let id, let person, let attempt): signIn(id, person, attempt, at: now, branch: branch)
        case .link(let person): link(person)
        case .unlink(let person): unlink(person)
        case .upstreamLogout(let person, _): upstreamLogout(person, at: now)
        case .sweep: sweep(at: now)
        }
    }

    /// Deletes the expired subjects without sessions if the transaction had a sweep.
    mutating func finishTransaction(at now: Timestamp) {
        guard isSweeping else { return }
        isSweeping = false
        // A proof is refused 61 s after it was made, and remembered for two minutes more.
        usedProofs = usedProofs.filter { now < Timestamp(seconds: $0.value + SimulatedProof.window + 1 + 120) }
        for (person, account) in accounts {
            guard let expiresAt = account.expiresAt, expiresAt <= now,
                !sessions.values.contains(where: { $0.person == person && $0.incarnation == account.incarnation })
            else { continue }
            accounts[person] = Account(exists: false, incarnation: account.incarnation)
        }
    }

    private mutating func open(
        _ id: Int, _ person: Person, _ version: Int?, _ proof: SimulatedProof?, at now: Timestamp, branch: Int
    ) -> Reply {
        guard var account = accounts[person], !account.isDisabled else { return .notOpened }
        if person.isUser, !account.isRegistered || version != account.passwordVersion { return .notOpened }
        account.exists = true
        if person == .eve {
            let expiresAt = now + person.policy.absoluteLifetimeSeconds
            account.expiresAt = max(expiresAt, account.expiresAt ?? expiresAt)
        }
        accounts[person] = account
        if let proof { usedProofs[proof.id] = proof.madeAt }
        return .token(addSession(id, of: person, isFederated: false, key: proof?.key, at: now, branch: branch))
    }

    mutating func addSession(
        _ id: Int, of person: Person, isFederated: Bool, key: Int? = nil, at now: Timestamp, branch: Int
    ) -> TokenName {
        let first = TokenName(session: id, depth: 0, branch: branch)
        sessions[id] = Session(
            person: person, incarnation: accounts[person]?.incarnation ?? 0,
            // A session is not older than its client.
            createdAt: person == .ada ? max(now, World.start) : now, isFederated: isFederated,
            expiresAt: now + person.policy.absoluteLifetimeSeconds, key: key, newest: first, rotatedAt: now,
            tokens: [first], accessTokenIssuedAt: now)
        count(.login)
        return first
    }

    private mutating func end(_ id: Int) -> Reply {
        guard sessions[id]?.isOpen == true else { return .notFound }
        setEnding(of: id, to: .operation)
        count(.logout)
        return .ended
    }

    private mutating func endOther(
        _ id: Int, actingAs acting: Int, _ proof: SimulatedProof?, at now: Timestamp
    ) -> Reply {
        if let proof, proof.accessTokenOf != acting { return .refused(.proof) }
        if let reason = refusal(of: acting, at: now) { return .refused(reason) }
        if let proof { usedProofs[proof.id] = proof.madeAt }
        guard sessions[id]?.person == sessions[acting]?.person else { return .notFound }
        return end(id)
    }

    private mutating func endAll(_ requester: Request.EndAllRequester, at now: Timestamp) -> Reply {
        let person: Person
        switch requester {
        case .administrator(let known):
            guard accounts[known]?.exists == true else { return .refused(.unknown) }
            person = known
        case .session(let id):
            if let reason = refusal(of: id, at: now) { return .refused(reason) }
            person = sessions[id]?.person ?? .ada
        case .token(let token, let proof):
            if case .refused(let reason) = judge(token, proof, at: now) {
                applyPenalty(reason, to: token.session, at: now)
                return .refused(reason)
            }
            if let proof { usedProofs[proof.id] = proof.madeAt }
            person = sessions[token.session]?.person ?? .ada
        }
        if openSessions(of: person).isEmpty { return .endedAll(0) }
        count(.logoutAll)
        if let expiresAt = accounts[person]?.expiresAt {
            // The feed names the subject until then.
            accounts[person]?.expiresAt = max(expiresAt, now + World.accessTokenLifetimeSeconds)
        }
        return .endedAll(endSessions(of: person))
    }

    private mutating func changePassword(
        _ requester: Request.PasswordRequester, _ version: Int, at now: Timestamp
    ) -> Reply {
        switch requester {
        case .administrator(let person):
            guard person != .eve, accounts[person]?.isRegistered == true else { return .stale }
            endSessions(of: person)
            accounts[person]?.passwordVersion += 1
        case .session(let id):
            if let reason = refusal(of: id, at: now) { return .refused(reason) }
            guard let person = sessions[id]?.person, person != .eve, accounts[person]?.passwordVersion == version else {
                return .stale
            }
            endSessions(of: person, except: id)
            accounts[person]?.passwordVersion += 1
        }
        count(.passwordChanged)
        return .changed
    }

    private mutating func setState(_ person: Person, _ state: SubjectRecord.State, at now: Timestamp) -> Reply {
        guard person != .eve, var account = accounts[person], account.isRegistered else { return .notFound }
        switch state {
        case .active, .disabled:
            guard account.isDisabled != (state == .disabled) else { return .done }
            account.isDisabled.toggle()
            count(account.isDisabled ? .userDisabled : .userEnabled)
        case .deleted:
            account = Account(
                isDeleted: true, expiresAt: now + World.policy.absoluteLifetimeSeconds, incarnation: account.incarnation
            )
            count(.userDeleted)
        }
        accounts[person] = account
        if state != .active { endSessions(of: person) }
        return .done
    }

    private mutating func sweep(at now: Timestamp) -> Reply {
        sessions = sessions.filter { $0.value.expiresAt > now }
        isSweeping = true
        return .done
    }

    /// - Returns: the number of ended sessions.
    @discardableResult
    mutating func endSessions(of person: Person, except kept: Int? = nil) -> Int {
        let ended = openSessions(of: person).filter { $0 != kept }
        for id in ended { setEnding(of: id, to: .operation) }
        return ended.count
    }

    /// Why a session is not live; nil when it is.
    private func refusal(of id: Int, at now: Timestamp) -> Reply.RefusalReason? {
        guard let session = sessions[id] else { return .unknown }
        guard session.isOpen else { return .revoked }
        return isLive(session, at: now) ? nil : .expired
    }
}
