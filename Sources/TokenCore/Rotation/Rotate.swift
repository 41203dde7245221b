/// Judges a refresh token and carries out the verdict.
package struct Rotate: Command {
    package var presentation: Presentation
    package var address: String?
    package var nonce: RotationNonce

    package enum Outcome: Sendable {
        /// The successor, the session as it is now, and the transaction's time. An access token is issued at that time.
        case successor(RefreshToken, Session, at: Timestamp)
        case refused(Refusal)
    }

    package init(_ presentation: Presentation, address: String?, entropy: Entropy) {
        self.presentation = presentation
        self.address = address
        nonce = RotationNonce(entropy.bytes())
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.sessions.insert(presentation.token.session)
        if let proof = presentation.proof.proof { keys.uses.insert(proof.use) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let (rule, now) = (transaction.rules.rotation, transaction.now)
        guard let session = try transaction.session(presentation.token.session) else { return .refused(.unknown) }
        var presentation = presentation
        presentation.proof = try transaction.current(presentation.proof)
        switch rule.judge(presentation, of: session, now: now) {
        case .current:
            try transaction.use(presentation.proof)
            let (successor, record) = rule.rotate(
                presentation.token, replacing: session.token, nonce: nonce, now: now)
            transaction.save(record, of: session.id)
            return .successor(successor, session.with(record), at: now)
        case .retry(let successor, var record, let isLate):
            try transaction.use(presentation.proof)
            // A concurrent presentation is not counted.
            if record != session.token {
                transaction.recordRetry(of: session, in: &record, isLate: isLate, address: address)
                transaction.save(record, of: session.id)
            }
            return .successor(successor, session.with(record), at: now)
        case .refused(let refusal):
            try transaction.applyPenalty(refusal, to: session, client: presentation.client, address: address)
            return .refused(refusal)
        }
    }
}

extension Transaction {
    /// Each late retry is recorded: `maxRetries` bounds them, and a generation is at least a retry window old then.
    fileprivate mutating func recordRetry(
        of session: Session, in token: inout RefreshTokenRecord, isLate: Bool, address: String?
    ) {
        let event = EventRecord(
            isLate ? .lateRetry : .refreshRetry, at: now, subject: session.subject.id, session: session.id,
            client: session.record.client, address: address)
        guard isLate else { return record(event, oncePerMinute: &token.retryRecordedAt) }
        token.retryRecordedAt = now
        record(event)
    }
}
