import TokenCore

extension Reference {
    /// The verdict on a presented token.
    enum Judgement {
        case unused
        case retry(Use)
        case refused(Reply.RefusalReason)
    }

    /// Judges a token by the table in `docs/rotation.md`, from the recorded use of each token.
    func judge(_ token: TokenName, at now: Timestamp) -> Judgement {
        guard let session = sessions[token.session] else { return .refused(.unknown) }
        guard session.isOpen else { return .refused(.revoked) }
        guard isLive(session, at: now) else { return .refused(.expired) }
        guard session.tokens.contains(token) else {
            // It was made after the backup that was restored.
            return .refused(token.depth >= session.newest.depth ? .rollback : .reuse)
        }
        guard let use = session.uses[token] else { return .unused }
        let successorIsUnused = session.uses[use.successor] == nil
        let policy = session.person.policy
        let isInWindow = now <= use.first + policy.retryWindowSeconds && use.times <= policy.maxRetries
        return successorIsUnused && isInWindow ? .retry(use) : .refused(.reuse)
    }

    mutating func refresh(_ token: TokenName, byOtherClient: Bool, at now: Timestamp, branch: Int) -> Reply {
        if byOtherClient, let session = sessions[token.session] {
            if isLive(session, at: now) { countOncePerMinute(.clientMismatch, of: token.session, at: now) }
            return .refused(.otherClient)
        }
        switch judge(token, at: now) {
        case .unused:
            let successor = TokenName(session: token.session, depth: token.depth + 1, branch: branch)
            sessions[token.session]?.uses[token] = Use(first: now, times: 1, successor: successor)
            sessions[token.session]?.tokens.insert(successor)
            sessions[token.session]?.newest = successor
            sessions[token.session]?.rotatedAt = now
            sessions[token.session]?.accessTokenIssuedAt = now
            return .token(successor)
        case .retry(var use):
            use.times += 1
            sessions[token.session]?.uses[token] = use
            sessions[token.session]?.accessTokenIssuedAt = now
            countOncePerMinute(.refreshRetry, of: token.session, at: now)
            return .token(use.successor)
        case .refused(let reason):
            applyPenalty(reason, to: token.session)
            return .refused(reason)
        }
    }

    /// Ends the session after a reuse or a rollback.
    mutating func applyPenalty(_ reason: Reply.RefusalReason, to id: Int) {
        switch reason {
        case .reuse:
            setEnding(of: id, to: .reuse)
            count(.reuseDetected)
        case .rollback:
            setEnding(of: id, to: .rollback)
            count(.rollbackDetected)
        default: break
        }
    }
}
