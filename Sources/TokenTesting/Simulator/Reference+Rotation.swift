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
        guard let family = families[token.family] else { return .refused(.unknown) }
        if family.over != nil { return .refused(.revoked) }
        guard isLive(family, at: now) else { return .refused(.expired) }
        guard family.tokens.contains(token) else {
            // It was made after the backup that this database comes from.
            return .refused(token.depth >= family.newest.depth ? .rollback : .reuse)
        }
        guard let use = family.uses[token] else { return .unused }
        let successorIsUnused = family.uses[use.successor] == nil
        let isInWindow = now <= use.first + policy.retryWindowSeconds && use.times <= policy.maxRetries
        return successorIsUnused && isInWindow ? .retry(use) : .refused(.reuse)
    }

    mutating func refresh(_ token: TokenName, byOtherClient: Bool, at now: Timestamp, branch: Int) -> Reply {
        if byOtherClient, families[token.family] != nil {
            count(.clientMismatch)
            return .refused(.otherClient)
        }
        let judgement = judge(token, at: now)
        switch judgement {
        case .unused:
            let successor = TokenName(family: token.family, depth: token.depth + 1, branch: branch)
            families[token.family]?.uses[token] = Use(first: now, times: 1, successor: successor)
            families[token.family]?.tokens.insert(successor)
            families[token.family]?.newest = successor
            families[token.family]?.newestMade = now
            families[token.family]?.lastAccess = now
            return .token(successor)
        case .retry(var use):
            use.times += 1
            families[token.family]?.uses[token] = use
            families[token.family]?.lastAccess = now
            count(.refreshRetry)
            return .token(use.successor)
        case .refused(let ground):
            _ = punish(judgement, token.family)
            return .refused(ground)
        }
    }

    /// What a refusal does to the family.
    ///
    /// - Returns: the ground of the refusal; nil when there is none.
    mutating func punish(_ judgement: Judgement, _ id: Int) -> Reply.Ground? {
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
