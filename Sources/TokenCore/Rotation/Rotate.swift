/// Presents a refresh token: judges it, and does what the verdict asks for.
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

    package func prefetch(into keys: inout RowKeys) { keys.sessions.insert(presentation.token.session) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let (rule, now) = (transaction.rules.rotation, transaction.now)
        guard var session = try transaction.session(presentation.token.session) else { return .refused(.unknown) }
        switch rule.judge(presentation, of: session, now: now) {
        case .current:
            let (successor, record) = rule.rotate(
                presentation.token, replacing: session.token, nonce: nonce, now: now)
            transaction.save(record, of: session.id)
            session.token = record
            return .successor(successor, session, at: now)
        case .retry(let successor, let record):
            // A concurrent presentation is not counted.
            if record != session.token {
                session.token = record
                transaction.record(
                    EventRecord(
                        .refreshRetry, at: now, subject: session.subject.id, session: session.id,
                        client: session.record.client, address: address), oncePerMinute: &session.token.retryRecordedAt)
                transaction.save(session.token, of: session.id)
            }
            return .successor(successor, session, at: now)
        case .refused(let refusal):
            try transaction.applyPenalty(refusal, to: session, client: presentation.client, address: address)
            return .refused(refusal)
        }
    }
}
