extension Transaction {
    /// Does what a refusal asks for. A reuse or a rollback ends the session, and is committed though the answer is an
    /// error; a client that presents another client's token is recorded. Other refusals change nothing, so that bad
    /// input cannot harm a session.
    mutating func applyPenalty(
        _ refusal: Refusal, to session: Session, client: ClientID?, address: String?
    ) throws {
        func event(_ kind: EventRecord.Kind) -> EventRecord {
            EventRecord(
                kind, at: now, subject: session.subject.id, session: session.id,
                client: client ?? session.record.client, address: address)
        }
        switch refusal {
        case .reuse(let generations, let seconds):
            let distance = "\(generations) generation\(generations == 1 ? "" : "s") behind"
            let detail = "\(distance), \(Int(seconds)) s after the last rotation"
            try end(session.id, reason: .reuse, detail: detail + (address.map { ", from \($0)" } ?? ""))
            var reuse = event(.reuseDetected)
            reuse.detail = detail
            reuse.generationsBehind = generations
            record(reuse)
        case .rollback:
            try end(session.id, reason: .rollback)
            record(event(.rollbackDetected))
        case .otherClient:
            record(event(.clientMismatch))
        case .unknown, .revoked, .expired:
            break
        }
    }
}
