extension Transaction {
    /// Does what a refusal asks for. A reuse or a rollback ends the session, and is committed though the answer is an
    /// error; a client that presents the token of another client's live session is recorded. Other refusals change
    /// nothing, so that bad input cannot harm a session.
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
        case .reuse(let generations, let seconds):
            let detail = "\(distance(generations)) behind, \(Int(seconds)) s after the last rotation"
            try end(session.id, reason: .reuse, detail: detail + (address.map { ", from \($0)" } ?? ""))
            record(event(.reuseDetected, detail, generationsBehind: generations))
        case .rollback(let generations):
            try end(session.id, reason: .rollback)
            let isFork = generations == 0
            let detail =
                isFork ? "another token of the current generation" : "\(distance(generations)) ahead of the database"
            record(event(.rollbackDetected, detail))
        case .otherClient:
            guard rules.rotation.policy.refusal(of: session, at: now) == nil else {
                leaveOut(.clientMismatch)
                return
            }
            var token = session.token
            record(event(.clientMismatch), oncePerMinute: &token.mismatchRecordedAt)
            if token != session.token { save(token, of: session.id) }
        case .unknown, .revoked, .expired:
            break
        }
    }

    private func distance(_ generations: Int) -> String { "\(generations) generation\(generations == 1 ? "" : "s")" }
}
