import TokenCore

extension Reference {
    /// Does what `request` asks for and says what the answer has to be.
    mutating func reply(to request: Request, at now: Timestamp, branch: Int) -> Reply {
        switch request {
        case .open(let id, let person, let version): open(id, person, version, at: now, branch: branch)
        case .refresh(let token, let byOther): refresh(token, byOtherClient: byOther, at: now, branch: branch)
        case .forge: .refused(.malformed)
        case .end(let id): end(id)
        case .endOther(let id, let acting): endOther(id, actingAs: acting, at: now)
        case .endAll(let requester): endAll(requester, at: now)
        case .changePassword(let requester, let version): changePassword(requester, version, at: now)
        case .setState(let person, let state): setState(person, state, at: now)
        case .sweep: sweep(at: now)
        }
    }

    /// What a sweep leaves to the end of its transaction: it forgets those whom nothing is left of.
    mutating func finishTransaction(at now: Timestamp) {
        guard isSweeping else { return }
        isSweeping = false
        for (person, account) in accounts {
            guard let forgottenAt = account.forgottenAt, forgottenAt <= now,
                !sessions.values.contains(where: { $0.person == person })
            else { continue }
            accounts[person] = Account(exists: false)
        }
    }

    private mutating func open(
        _ id: Int, _ person: Person, _ version: Int?, at now: Timestamp, branch: Int
    ) -> Reply {
        guard var account = accounts[person], !account.isDisabled else { return .notOpened }
        if person.isUser, !account.isThere || version != account.passwordVersion { return .notOpened }
        let first = TokenName(session: id, depth: 0, branch: branch)
        let expiresAt = now + policy.absoluteLifetimeSeconds
        sessions[id] = Session(
            person: person, openedAt: now, expiresAt: expiresAt, newest: first, newestMade: now,
            tokens: [first], lastAccess: now)
        account.exists = true
        if !person.isUser { account.forgottenAt = max(expiresAt, account.forgottenAt ?? expiresAt) }
        accounts[person] = account
        count(.login)
        return .token(first)
    }

    private mutating func end(_ id: Int) -> Reply {
        guard let session = sessions[id], session.over == nil else { return .notFound }
        finish(id, .operation)
        count(.logout)
        return .ended
    }

    private mutating func endOther(_ id: Int, actingAs acting: Int, at now: Timestamp) -> Reply {
        if let ground = refusal(of: acting, at: now) { return .refused(ground) }
        guard sessions[id]?.person == sessions[acting]?.person else { return .notFound }
        return end(id)
    }

    private mutating func endAll(_ requester: Request.Requester, at now: Timestamp) -> Reply {
        let person: Person
        switch requester {
        case .administrator(let known):
            guard accounts[known]?.exists == true else { return .refused(.unknown) }
            person = known
        case .session(let id):
            if let ground = refusal(of: id, at: now) { return .refused(ground) }
            person = sessions[id]?.person ?? .ada
        case .token(let token):
            if let ground = applyPenalty(judge(token, at: now), token.session) { return .refused(ground) }
            person = sessions[token.session]?.person ?? .ada
        }
        count(.logoutAll)
        // As long as verifiers are told of it.
        let told = now + World.accessTokenLifetimeSeconds
        if let forgottenAt = accounts[person]?.forgottenAt {
            accounts[person]?.forgottenAt = max(forgottenAt, told)
        }
        return .endedAll(finishAll(of: person, but: nil))
    }

    private mutating func changePassword(
        _ requester: Request.Guardian, _ version: Int, at now: Timestamp
    ) -> Reply {
        switch requester {
        case .administrator(let person):
            guard person.isUser, accounts[person]?.isThere == true else { return .stale }
            _ = finishAll(of: person, but: nil)
            accounts[person]?.passwordVersion += 1
        case .session(let id):
            if let ground = refusal(of: id, at: now) { return .refused(ground) }
            guard let person = sessions[id]?.person, person.isUser, accounts[person]?.passwordVersion == version else {
                return .stale
            }
            _ = finishAll(of: person, but: id)
            accounts[person]?.passwordVersion += 1
        }
        count(.passwordChanged)
        return .changed
    }

    private mutating func setState(_ person: Person, _ state: SubjectRecord.State, at now: Timestamp) -> Reply {
        guard person.isUser, var account = accounts[person], account.isThere else { return .notFound }
        switch state {
        case .active, .disabled:
            guard account.isDisabled != (state == .disabled) else { return .done }
            account.isDisabled.toggle()
            count(account.isDisabled ? .userDisabled : .userEnabled)
        case .deleted:
            account = Account(isDeleted: true, forgottenAt: now + policy.absoluteLifetimeSeconds)
            count(.userDeleted)
        }
        accounts[person] = account
        if state != .active { _ = finishAll(of: person, but: nil) }
        return .done
    }

    private mutating func sweep(at now: Timestamp) -> Reply {
        sessions = sessions.filter { $0.value.expiresAt > now }
        isSweeping = true
        return .done
    }

    private mutating func finishAll(of person: Person, but kept: Int?) -> Int {
        let ended = ids(of: person).filter { $0 != kept }
        for id in ended { finish(id, .operation) }
        return ended.count
    }

    /// Why a session may not act.
    private func refusal(of id: Int, at now: Timestamp) -> Reply.Ground? {
        guard let session = sessions[id] else { return .unknown }
        if session.over != nil { return .revoked }
        return isLive(session, at: now) ? nil : .expired
    }
}
