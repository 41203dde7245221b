/// Presents a refresh token: the rotation rule, and what follows from its verdict.
package struct Rotate: Command {
    package var presented: RefreshToken
    package var client: ClientID?
    /// Whether the caller proved to be `client`.
    package var isAuthenticated: Bool
    package var address: String?
    /// Whether another presentation of the same token is on its way: then this one is no retry of its own.
    package var isConcurrent: Bool
    package var nonce: RotationNonce

    package enum Outcome: Sendable {
        case successor(RefreshToken, Session)
        case refused(Refusal)
    }

    package init(
        presented: RefreshToken, client: ClientID?, isAuthenticated: Bool = false, address: String?,
        isConcurrent: Bool = false, entropy: Entropy
    ) {
        self.presented = presented
        self.client = client
        self.isAuthenticated = isAuthenticated
        self.address = address
        self.isConcurrent = isConcurrent
        nonce = RotationNonce(entropy.bytes())
    }

    package func prefetch(into keys: inout RowKeys) { keys.sessions.insert(presented.session) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let session = try transaction.session(presented.session)
        let verdict = transaction.rules.rotation.judge(
            presented, from: client, isAuthenticated: isAuthenticated, isConcurrent: isConcurrent, session: session,
            nonce: nonce, now: transaction.now)
        switch (verdict, session) {
        case (.rotated(let successor, let record), .some(let session)):
            return save(record, of: session, handing: successor, in: &transaction)
        case (.retried(let successor, let record), .some(let session)) where record == session.token:
            return .successor(successor, session)
        case (.retried(let successor, let record), .some(let session)):
            transaction.record(event(.refreshRetry, session, at: transaction.now))
            return save(record, of: session, handing: successor, in: &transaction)
        case (.refused(let refusal), .some(let session)):
            transaction.applyPenalty(refusal, session, client: client, address: address)
            return .refused(refusal)
        case (_, nil):
            return .refused(.unknown)
        }
    }

    private func save(
        _ record: RefreshTokenRecord, of session: Session, handing successor: RefreshToken, in transaction: inout Transaction
    ) -> Outcome {
        transaction.save(record, of: session.record.id)
        var rotated = session
        rotated.token = record
        return .successor(successor, rotated)
    }

    private func event(_ kind: EventRecord.Kind, _ session: Session, at now: Timestamp) -> EventRecord {
        EventRecord(
            kind, at: now, subject: session.subject.id, session: session.record.id, client: session.record.client,
            address: address)
    }
}

extension Transaction {
    /// What a refusal does: a reuse or a rollback ends the family, committed though the answer is an error; a client that
    /// presents another's token is noted. Nothing else leaves a trace, so that bad input cannot harm a session.
    mutating func applyPenalty(_ refusal: Refusal, _ session: Session, client: ClientID?, address: String?) {
        func event(_ kind: EventRecord.Kind, _ detail: String? = nil) -> EventRecord {
            EventRecord(
                kind, at: now, subject: session.subject.id, session: session.record.id,
                client: client ?? session.record.client, address: address, detail: detail)
        }
        switch refusal {
        case .reuse(let generations, let seconds):
            let detail =
                "\(generations) generation\(generations == 1 ? "" : "s") behind, \(Int(seconds)) s after the last rotation"
            end(session, reason: .reuse, detail: detail + (address.map { ", from \($0)" } ?? ""))
            record(event(.reuseDetected, detail))
        case .rollback:
            end(session, reason: .rollback)
            record(event(.rollbackDetected))
        case .otherClient:
            record(event(.clientMismatch))
        case .unknown, .revoked, .expired:
            break
        }
    }
}
