import TokenCore

/// What the service's own answers promise, whatever the reference thinks: a memory of what was heard, which later
/// answers must not belie.
struct Promises {
    private struct Use {
        let first: Timestamp
        let successor: TokenName
    }

    private let policy: RotationPolicy
    private var uses: [TokenName: Use] = [:]
    private var dead: Set<Int> = []
    /// Families that were there when the clock went back or a backup was restored: times tell nothing about them.
    private(set) var disturbed: Set<Int> = []

    init(policy: RotationPolicy) { self.policy = policy }

    mutating func clockWentBack(over sessions: some Sequence<Int>) { disturbed.formUnion(sessions) }

    mutating func backupRestored(over sessions: some Sequence<Int>) {
        uses = [:]
        dead = []
        disturbed.formUnion(sessions)
    }

    mutating func heard(_ reply: Reply, to request: Request, at now: Timestamp) throws(Violation) {
        switch (request, reply) {
        case (.refresh(let token, _), .token(let successor)):
            try accepted(token, successor, at: now)
        case (.refresh(let token, _), .refused(.reuse)), (.refresh(let token, _), .refused(.rollback)),
            (.refresh(let token, _), .refused(.revoked)):
            dead.insert(token.session)
        case (.end(let session), .ended), (.endOther(let session, _), .ended): dead.insert(session)
        case (.endAll(.session(let session)), .endedAll): dead.insert(session)
        case (.endAll(.token(let token)), .endedAll): dead.insert(token.session)
        default: break
        }
    }

    private mutating func accepted(
        _ token: TokenName, _ successor: TokenName, at now: Timestamp
    ) throws(Violation) {
        if dead.contains(token.session) { throw Violation("F\(token.session) is over, and yet \(token) was accepted") }
        guard let use = uses[token] else {
            uses[token] = Use(first: now, successor: successor)
            return
        }
        if use.successor != successor {
            throw Violation("\(token) has two successors: \(use.successor) and \(successor)")
        }
        // Whoever comes with it now is not the one who went on, or comes too late.
        if uses[use.successor] != nil {
            throw Violation("\(token) was accepted though its successor had been used: two live leaves")
        }
        if now > use.first + policy.retryWindowSeconds, !disturbed.contains(token.session) {
            throw Violation("\(token) was accepted \(now - use.first) s after its first use")
        }
    }
}
