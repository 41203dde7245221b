/// Moves the key ring on: `next` becomes `current`, `current` becomes `retired`, a fresh key becomes `next`.
///
/// Decided inside the transaction, so that it is safe when several processes want the same at once.
package struct RotateSigningKeys: Command {
    package var trigger: Trigger
    /// Fresh keys, used when they are needed.
    package var candidates: [SigningKeyRecord]
    /// How long after its retirement a key is still published: no token signed with it lives longer.
    package var retentionSeconds: Int

    package enum Trigger: Sendable {
        /// Only fills empty places: the first start.
        case fill
        /// An operator wants it now.
        case command
        /// `current` has been in use for so long, and `next` has been published for so long.
        case schedule(every: Int, publishedFor: Int)
    }

    package enum Outcome: Sendable, Equatable { case unchanged, changed(current: String) }

    package init(_ trigger: Trigger, candidates: [SigningKeyRecord], retentionSeconds: Int) {
        self.trigger = trigger
        self.candidates = candidates
        self.retentionSeconds = retentionSeconds
    }

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        let now = ledger.now
        let keys = try ledger.signingKeys()
        let current = keys.first { $0.state == .current }
        let next = keys.first { $0.state == .next }
        var fresh = candidates

        func add(_ state: SigningKeyRecord.State) throws -> String? {
            guard var key = fresh.popLast() else { return nil }
            key.state = state
            key.activatedAt = state == .current ? now : nil
            try ledger.save(key)
            return key.id
        }
        guard let current else {
            var started = next
            started?.state = .current
            started?.activatedAt = now
            if let started { try ledger.save(started) }
            guard let id = try started?.id ?? add(.current) else { return .unchanged }
            _ = try add(.next)
            return .changed(current: id)
        }
        guard var promoted = next else {
            _ = try add(.next)
            return .changed(current: current.id)
        }
        switch trigger {
        case .fill: return .unchanged
        case .command: break
        case .schedule(let every, let publishedFor):
            guard now >= (current.activatedAt ?? current.createdAt) + every, now >= promoted.createdAt + publishedFor
            else { return .unchanged }
        }
        var retired = current
        retired.state = .retired
        retired.expiresAt = now + retentionSeconds
        promoted.state = .current
        promoted.activatedAt = now
        try ledger.save(retired)
        try ledger.save(promoted)
        _ = try add(.next)
        ledger.record(Event(.keyRotated, at: now, detail: promoted.id))
        return .changed(current: promoted.id)
    }
}
