extension Transaction {
    /// Carries out a refusal. A reuse or a rollback ends the session, and is committed though the answer is an
    /// error; a client that presents the token of another client's live session is recorded, and so is a token without
    /// the proof that its live session demands. Other refusals change nothing, so that bad input cannot harm a session.
    mutating func applyPenalty(
        _ refusal: Refusal, to session: Session, client: ClientID?, address: String?
    ) throws {
        func event(_ kind: EventRecord.Kind, _ detail: String? = nil, generationsBehind: Int? = nil) -> EventRecord {
            EventRecord(
                kind, at: now, subject: session.subject.id, session: session.id,
                client: client ?? session.record.client, address: address, detail: detail,
                generationsBehind: generationsBehind)
        }
        switch refusal {
        case .reuse(let generations, let seconds, let byOwnKey):
            let detail =
                "\(distance(generations)) behind, \(Int(seconds)) s after the last rotation"
                + (byOwnKey ? ", with the session's own key" : "")
            try end(session.id, reason: .reuse, detail: detail + (address.map { ", from \($0)" } ?? ""))
            record(event(.reuseDetected, detail, generationsBehind: generations))
        case .rollback(let generations):
            try end(session.id, reason: .rollback)
            let isFork = generations == 0
            let detail =
                isFork ? "another token of the current generation" : "\(distance(generations)) ahead of the database"
            record(event(.rollbackDetected, detail))
        case .otherClient: recordOfLive(session, event(.clientMismatch), \.mismatchRecordedAt)
        case .proof(let fault) where session.boundKey != nil:
            recordOfLive(session, event(.keyMismatch, fault.words), \.keyMismatchRecordedAt)
        case .unknown, .proof, .unbound, .revoked, .expired:
            break
        }
    }

    /// Records an event of a live session, at most once a minute.
    private mutating func recordOfLive(
        _ session: Session, _ event: EventRecord, _ last: WritableKeyPath<RefreshTokenRecord, Timestamp?>
    ) {
        guard rules.rotation.policy.refusal(of: session, at: now) == nil else { return leaveOut(event.kind) }
        var token = session.token
        record(event, oncePerMinute: &token[keyPath: last])
        if token != session.token { save(token, of: session.id) }
    }

    private func distance(_ generations: Int) -> String { "\(generations) generation\(generations == 1 ? "" : "s")" }
}

extension ProofFault {
    /// A few words for the audit trail.
    fileprivate var words: String {
        switch self {
        case .missing: "no proof"
        case .wrong: "a wrong proof"
        case .replayed: "a proof that was used before"
        case .otherKey: "the proof of another key"
        }
    }
}
