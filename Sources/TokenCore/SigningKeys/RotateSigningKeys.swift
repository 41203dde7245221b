/// Rotates the signing keys: `next` becomes `current`, `current` becomes `retired`, a fresh key becomes `next`.
///
/// The step is decided inside the transaction, so that several processes may submit this at once.
package struct RotateSigningKeys: Command {
    package var trigger: Trigger
    /// Fresh keys of the configured algorithm, used as far as they are needed.
    package var candidates: [SigningKeyRecord]
    /// How long after its retirement a key is still published: no token signed with it lives longer.
    package var retentionSeconds: Int

    package enum Trigger: Sendable {
        /// Makes missing keys only: the first start.
        case fill
        /// An operator asks for a rotation now.
        case command
        /// An operator asks for a rotation now, even when verifiers may not have fetched `next` yet.
        case force
        /// `current` has been in use for `every` seconds or is not of the configured algorithm, and `next` has been
        /// published for `publishedFor` seconds.
        case schedule(every: Int, publishedFor: Int)
    }

    /// What has to be done.
    package enum Step: Sendable, Equatable {
        case nothing
        /// No key is current: `next`, or a fresh one, becomes it.
        case start
        /// No key is next: publish a fresh one.
        case publish
        /// `next` is not of the configured algorithm. It has signed nothing yet.
        case replaceNext
        case rotate
        /// `next` was published so recently that verifiers may not have it: an operator must force its use.
        case tooEarly(secondsLeft: Int)
    }

    package enum Outcome: Sendable, Equatable {
        case unchanged, changed(current: SigningKeyID)
        /// Nothing was changed: ``Step/tooEarly(secondsLeft:)``.
        case tooEarly(secondsLeft: Int)
    }

    /// How long verifiers may keep a key set, in seconds: the `max-age` of the published one.
    package static let fetchSeconds = 300

    package init(_ trigger: Trigger, candidates: [SigningKeyRecord], retentionSeconds: Int) {
        self.trigger = trigger
        self.candidates = candidates
        self.retentionSeconds = retentionSeconds
    }

    /// - Parameter algorithm: the configured algorithm of new keys; nil for any.
    package static func step(
        _ trigger: Trigger, for keys: [SigningKeyRecord], algorithm: SigningAlgorithm?, at now: Timestamp
    ) -> Step {
        guard let current = keys.first(where: { $0.state == .current }) else { return .start }
        guard let next = keys.first(where: { $0.state == .next }) else { return .publish }
        switch trigger {
        case .fill: return .nothing
        case .force: return .rotate
        case .command:
            let left = next.createdAt.seconds + fetchSeconds - now.seconds
            // Verifiers that know the first key have fetched the key that was published together with it.
            return left <= 0 || next.createdAt == current.createdAt ? .rotate : .tooEarly(secondsLeft: left)
        case .schedule(let every, let publishedFor):
            if let algorithm, next.algorithm != algorithm { return .replaceNext }
            let isOld = now >= (current.activatedAt ?? current.createdAt) + every
            let isOtherAlgorithm = algorithm.map { $0 != current.algorithm } ?? false
            return (isOld || isOtherAlgorithm) && now >= next.createdAt + publishedFor ? .rotate : .nothing
        }
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let now = transaction.now
        let keys = try transaction.signingKeys()
        var current = keys.first { $0.state == .current }
        var next = keys.first { $0.state == .next }
        var fresh = candidates

        switch RotateSigningKeys.step(trigger, for: keys, algorithm: candidates.first?.algorithm, at: now) {
        case .nothing: return .unchanged
        case .tooEarly(let secondsLeft): return .tooEarly(secondsLeft: secondsLeft)
        case .publish: break
        case .replaceNext:
            if let next { try transaction.removeSigningKey(next.id) }
        case .start, .rotate:
            if current != nil { transaction.record(EventRecord(.keyRotated, at: now, detail: next?.id.value)) }
            current?.state = .retired
            current?.expiresAt = now + retentionSeconds
            if let current { try transaction.save(current) }
            if next == nil { next = fresh.popLast() }
            guard var promoted = next else { return .unchanged }
            promoted.state = .current
            promoted.activatedAt = now
            try transaction.save(promoted)
            current = promoted
        }
        if var published = fresh.popLast() {
            published.state = .next
            published.activatedAt = nil
            try transaction.save(published)
        }
        return current.map { .changed(current: $0.id) } ?? .unchanged
    }
}
