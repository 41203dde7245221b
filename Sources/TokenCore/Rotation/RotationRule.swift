/// The rotation rule (docs/rotation.md): pure functions that every store, the simulator and the tests call.
package struct RotationRule: Sendable {
    package let policy: RotationPolicy
    package let keys: RefreshTokenKeys

    package init(policy: RotationPolicy, keys: RefreshTokenKeys) {
        self.policy = policy
        self.keys = keys
    }

    /// Judges a presentation by the rows of the table, in their order. Row 1 was judged when the token was parsed.
    ///
    /// - Parameter session: the session that the token names; nil when there is none.
    package func judge(_ presentation: Presentation, of session: Session?, now: Timestamp) -> Verdict {
        // Row 2
        guard let session else { return .refused(.unknown) }
        // Row 3
        if let client = presentation.client, client != session.record.client { return .refused(.otherClient) }
        if session.client?.isConfidential == true, !presentation.isAuthenticated { return .refused(.otherClient) }
        // Row 3a
        if session.lacksBinding, presentation.proof != .notAsked { return .refused(.unbound) }
        if let fault = presentation.proof.fault(for: session) { return .refused(.proof(fault)) }
        // Rows 4 and 5
        if let refusal = policy.refusal(of: session, at: now) { return .refused(refusal) }

        let (presented, current) = (presentation.token, session.token)
        // Row 6. A session of 2³² generations has used up its numbers; its holder logs in again.
        if presented.generation == current.generation, presented.hash == current.hash {
            return presented.generation.number < .max ? .current : .refused(.expired)
        }
        // Row 7
        let limits = policy.policy(for: session.client)
        if presented.generation.distance(to: current.generation) == 1,
            limits.allowsRetry(of: session, isConcurrent: presentation.isConcurrent, at: now),
            let nonce = current.nonce,
            let successor = keys.successor(of: presented, nonce: nonce, matching: current.hash)
        {
            var record = current
            record.retries += presentation.isConcurrent ? 0 : 1
            return .retry(successor, record, isLate: limits.isLate(current, at: now))
        }
        // Row 8
        if presented.generation < current.generation {
            return .refused(
                .reuse(
                    generationsBehind: presented.generation.distance(to: current.generation),
                    seconds: now - current.rotatedAt, byOwnKey: session.isBound(to: presentation.proof)))
        }
        // Row 9
        return .refused(.rollback(generationsAhead: current.generation.distance(to: presented.generation)))
    }

    /// Makes the successor of a token that was judged ``Verdict/current``, and the session's new row of
    /// `refresh_tokens`.
    ///
    /// - Parameters:
    ///   - current: the row as it is.
    ///   - nonce: fresh randomness.
    package func rotate(
        _ parent: RefreshToken, replacing current: RefreshTokenRecord, nonce: RotationNonce, now: Timestamp
    ) -> (successor: RefreshToken, record: RefreshTokenRecord) {
        let successor = keys.successor(of: parent, nonce: nonce)
        return (
            successor,
            RefreshTokenRecord(
                generation: successor.generation, hash: successor.hash, nonce: nonce, rotatedAt: now,
                retryRecordedAt: current.retryRecordedAt, mismatchRecordedAt: current.mismatchRecordedAt,
                keyMismatchRecordedAt: current.keyMismatchRecordedAt)
        )
    }

    /// The status of a refresh token as a credential: judged like a refresh, without a rotation.
    ///
    /// No token is handed out. So a confidential client need not authenticate, and what the client demands of new
    /// tokens does not matter. The proof of a bound session is judged.
    package func status(of presentation: Presentation, session: Session?, now: Timestamp) -> SessionStatus {
        var proof = presentation.proof
        if session?.boundKey == nil, proof == .absent { proof = .notAsked }
        let credential = Presentation(
            presentation.token, by: presentation.client, isAuthenticated: true, proof: proof)
        return switch judge(credential, of: session, now: now) {
        case .current, .retry: session.map { .live($0) } ?? .refused(.unknown, nil)
        case .refused(let refusal): .refused(refusal, session)
        }
    }
}
