/// The rotation rule: one pure function that every store, the simulator and the tests call.
///
/// Row 1 (form and MAC) is behind us: a ``RefreshToken`` exists only when both are right.
package struct RotationRule: Sendable {
    package let policy: RotationPolicy
    package let keys: RefreshTokenKeys

    package init(policy: RotationPolicy, keys: RefreshTokenKeys) {
        self.policy = policy
        self.keys = keys
    }

    /// Judges a presented token, row by row, in the order of the table.
    ///
    /// - Parameters:
    ///   - client: the client that presents it; nil when it did not say.
    ///   - isAuthenticated: whether it proved to be that client, as a confidential one must.
    ///   - isCompanion: whether another presentation of the same token is on its way; then a retry is not counted.
    ///   - family: the session it names as the transaction sees it; nil when there is none.
    ///   - nonce: fresh randomness for a rotation.
    package func judge(
        _ presented: RefreshToken, from client: ClientID?, isAuthenticated: Bool = false, isConcurrent: Bool = false,
        session: Session?,
        nonce: RotationNonce, now: Timestamp
    ) -> Verdict {
        guard let session else { return .refused(.unknown) }
        if let client, client != session.record.client { return .refused(.otherClient) }
        if session.client?.isConfidential == true, !isAuthenticated { return .refused(.otherClient) }
        if session.isRevoked { return .refused(.revoked) }
        if !session.isLive(at: now, idleLifetimeSeconds: policy.idleLifetimeSeconds) { return .refused(.expired) }

        let current = session.token
        if presented.generation > current.generation { return .refused(.rollback) }
        if presented.generation == current.generation {
            guard presented.hash == current.hash else { return .refused(.rollback) }
            return rotate(presented, nonce: nonce, now: now)
        }
        if presented.generation.next == current.generation,
            policy.allowsRetry(of: current, isConcurrent: isConcurrent, at: now),
            let nonce = current.nonce,
            let successor = keys.successor(of: presented, nonce: nonce, matching: current.hash)
        {
            var record = current
            record.retries += isConcurrent ? 0 : 1
            return .retried(successor, record)
        }
        return .refused(
            .reuse(
                generationsBehind: presented.generation.distance(to: current.generation),
                seconds: now - current.rotatedAt))
    }

    private func rotate(_ parent: RefreshToken, nonce: RotationNonce, now: Timestamp) -> Verdict {
        // A family of 2³² generations has used up its numbers; its holder logs in again.
        guard parent.generation.number < .max else { return .refused(.expired) }
        let successor = keys.successor(of: parent, nonce: nonce)
        return .rotated(
            successor,
            RefreshTokenRecord(
                generation: successor.generation, hash: successor.hash, nonce: nonce, rotatedAt: now))
    }
}
