import TokenCore

extension Reference {
    /// The verdict on a presented token.
    enum Judgement {
        case unused
        case retry(Use)
        case refused(Reply.RefusalReason)
    }

    /// Judges a token by the table in `docs/rotation.md`, from the recorded use of each token.
    func judge(_ token: TokenName, _ proof: SimulatedProof?, at now: Timestamp) -> Judgement {
        guard let session = sessions[token.session] else { return .refused(.unknown) }
        guard isProven(session, by: proof, at: now) else { return .refused(.proof) }
        guard session.isOpen else { return .refused(.revoked) }
        guard isLive(session, at: now) else { return .refused(.expired) }
        guard session.tokens.contains(token) else {
            // It was made after the backup that was restored.
            return .refused(token.depth >= session.newest.depth ? .rollback : .reuse)
        }
        guard let use = session.uses[token] else { return .unused }
        let successorIsUnused = session.uses[use.successor] == nil
        let policy = session.person.policy
        let isInWindow = session.key != nil || now <= use.first + policy.retryWindowSeconds
        let mayRetry = isInWindow && use.times <= policy.maxRetries
        return successorIsUnused && mayRetry ? .retry(use) : .refused(.reuse)
    }

    /// Whether a request may use a refresh token of a session. A proof beside a token that is not bound counts once
    /// too.
    private func isProven(_ session: Session, by proof: SimulatedProof?, at now: Timestamp) -> Bool {
        guard let proof else { return session.key == nil }
        let window = proof.madeAt - SimulatedProof.window...proof.madeAt + SimulatedProof.window
        return usedProofs[proof.id] == nil && window.contains(now.seconds)
            && (session.key == nil || session.key == proof.key)
    }

    mutating func refresh(
        _ token: TokenName, byOtherClient: Bool, _ proof: SimulatedProof?, at now: Timestamp, branch: Int
    ) -> Reply {
        if byOtherClient, let session = sessions[token.session] {
            if isLive(session, at: now) { countOncePerMinute(.clientMismatch, of: token.session, at: now) }
            return .refused(.otherClient)
        }
        switch judge(token, proof, at: now) {
        case .unused:
            if let proof { usedProofs[proof.id] = proof.madeAt }
            let successor = TokenName(session: token.session, depth: token.depth + 1, branch: branch)
            sessions[token.session]?.uses[token] = Use(first: now, times: 1, successor: successor)
            sessions[token.session]?.tokens.insert(successor)
            sessions[token.session]?.newest = successor
            sessions[token.session]?.rotatedAt = now
            sessions[token.session]?.accessTokenIssuedAt = now
            return .token(successor)
        case .retry(var use):
            if let proof { usedProofs[proof.id] = proof.madeAt }
            use.times += 1
            sessions[token.session]?.uses[token] = use
            sessions[token.session]?.accessTokenIssuedAt = now
            if let session = sessions[token.session], now > use.first + session.person.policy.retryWindowSeconds {
                sessions[token.session]?.recordedAt[.refreshRetry] = now
                count(.lateRetry)
            } else {
                countOncePerMinute(.refreshRetry, of: token.session, at: now)
            }
            return .token(use.successor)
        case .refused(let reason):
            applyPenalty(reason, to: token.session, at: now)
            return .refused(reason)
        }
    }

    /// Ends the session after a reuse or a rollback. Without its key, a bound session is left as it is.
    mutating func applyPenalty(_ reason: Reply.RefusalReason, to id: Int, at now: Timestamp) {
        switch reason {
        case .proof:
            guard let session = sessions[id], session.key != nil, isLive(session, at: now) else { return }
            countOncePerMinute(.keyMismatch, of: id, at: now)
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
