import TokenCore

extension Reference {
    /// What a presented token is.
    enum Judgement {
        case unused
        case retry(Use)
        case refused(Reply.Ground)
    }

    /// Contract, "The rotation rule", by what became of each single token.
    func judge(_ token: TokenName, at now: Timestamp) -> Judgement {
        guard let session = sessions[token.session] else { return .refused(.unknown) }
        if session.over != nil { return .refused(.revoked) }
        guard isLive(session, at: now) else { return .refused(.expired) }
        guard session.tokens.contains(token) else {
            // It was made after the backup that this database comes from.
            return .refused(token.depth >= session.newest.depth ? .rollback : .reuse)
        }
        guard let use = session.uses[token] else { return .unused }
        let successorIsUnused = session.uses[use.successor] == nil
        let isInWindow = now <= use.first + policy.retryWindowSeconds && use.times <= policy.maxRetries
        return successorIsUnused && isInWindow ? .retry(use) : .refused(.reuse)
    }

    mutating func refresh(_ token: TokenName, byOtherClient: Bool, at now: Timestamp, branch: Int) -> Reply {
        if byOtherClient, sessions[token.session] != nil {
            count(.clientMismatch)
            return .refused(.otherClient)
        }
        let judgement = judge(token, at: now)
        switch judgement {
        case .unused:
            let successor = TokenName(session: token.session, depth: token.depth + 1, branch: branch)
            sessions[token.session]?.uses[token] = Use(first: now, times: 1, successor: successor)
            sessions[token.session]?.tokens.insert(successor)
            sessions[token.session]?.newest = successor
            sessions[token.session]?.newestMade = now
            sessions[token.session]?.lastAccess = now
            return .token(successor)
        case .retry(var use):
            use.times += 1
            sessions[token.session]?.uses[token] = use
            sessions[token.session]?.lastAccess = now
            count(.refreshRetry)
            return .token(use.successor)
        case .refused(let ground):
            _ = applyPenalty(judgement, token.session)
            return .refused(ground)
        }
    }

    /// What a refusal does to the family.
    ///
    /// - Returns: the ground of the refusal; nil when there is none.
    mutating func applyPenalty(_ judgement: Judgement, _ id: Int) -> Reply.Ground? {
        guard case .refused(let ground) = judgement else { return nil }
        switch ground {
        case .reuse:
            finish(id, .reuse)
            count(.reuseDetected)
        case .rollback:
            finish(id, .rollback)
            count(.rollbackDetected)
        default: break
        }
        return ground
    }
}
