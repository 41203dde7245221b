/// Presents a refresh token: the rotation rule, and what follows from its verdict.
package struct Rotate: Command {
    package var presented: RefreshToken
    package var client: ClientID?
    /// Whether the caller proved to be `client`.
    package var isAuthenticated: Bool
    package var address: String?
    /// Whether another presentation of the same token is on its way: then this one is no retry of its own.
    package var isCompanion: Bool
    package var nonce: RotationNonce

    package enum Outcome: Sendable {
        case successor(RefreshToken, Family)
        case refused(Refusal)
    }

    package init(
        presented: RefreshToken, client: ClientID?, isAuthenticated: Bool = false, address: String?,
        isCompanion: Bool = false, entropy: Entropy
    ) {
        self.presented = presented
        self.client = client
        self.isAuthenticated = isAuthenticated
        self.address = address
        self.isCompanion = isCompanion
        nonce = RotationNonce(entropy.bytes())
    }

    package func prefetch(into keys: inout RowKeys) { keys.families.insert(presented.session) }

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        let family = try ledger.family(presented.session)
        let verdict = ledger.rules.rotation.judge(
            presented, from: client, isAuthenticated: isAuthenticated, isCompanion: isCompanion, family: family,
            nonce: nonce, now: ledger.now)
        switch (verdict, family) {
        case (.rotated(let successor, let record), .some(let family)):
            return save(record, of: family, handing: successor, in: &ledger)
        case (.retried(let successor, let record), .some(let family)) where record == family.token:
            return .successor(successor, family)
        case (.retried(let successor, let record), .some(let family)):
            ledger.record(event(.refreshRetry, family, at: ledger.now))
            return save(record, of: family, handing: successor, in: &ledger)
        case (.refused(let refusal), .some(let family)):
            ledger.punish(refusal, family, client: client, address: address)
            return .refused(refusal)
        case (_, nil):
            return .refused(.unknown)
        }
    }

    private func save(
        _ record: RefreshTokenRecord, of family: Family, handing successor: RefreshToken, in ledger: inout Ledger
    ) -> Outcome {
        ledger.save(record, of: family.session.id)
        var rotated = family
        rotated.token = record
        return .successor(successor, rotated)
    }

    private func event(_ kind: Event.Kind, _ family: Family, at now: Timestamp) -> Event {
        Event(
            kind, at: now, subject: family.subject.id, session: family.session.id, client: family.session.client,
            address: address)
    }
}

extension Ledger {
    /// What a refusal does: a reuse or a rollback ends the family, committed though the answer is an error; a client that
    /// presents another's token is noted. Nothing else leaves a trace, so that bad input cannot harm a session.
    mutating func punish(_ refusal: Refusal, _ family: Family, client: ClientID?, address: String?) {
        func event(_ kind: Event.Kind, _ detail: String? = nil) -> Event {
            Event(
                kind, at: now, subject: family.subject.id, session: family.session.id,
                client: client ?? family.session.client, address: address, detail: detail)
        }
        switch refusal {
        case .reuse(let generations, let seconds):
            let detail =
                "\(generations) generation\(generations == 1 ? "" : "s") behind, \(Int(seconds)) s after the last rotation"
            end(family, reason: .reuse, detail: detail + (address.map { ", from \($0)" } ?? ""))
            record(event(.reuseDetected, detail))
        case .rollback:
            end(family, reason: .rollback)
            record(event(.rollbackDetected))
        case .otherClient:
            record(event(.clientMismatch))
        case .unknown, .revoked, .expired:
            break
        }
    }
}
