import TokenCore

/// Checks that answers agree with earlier answers, independently of the reference model.
struct AnswerChecker {
    private struct Use {
        let first: Timestamp
        let successor: TokenName
    }

    /// Whose each session is.
    private var people: [Int: Person] = [:]
    /// The sessions that are bound to a key.
    private var bound: Set<Int> = []
    private var uses: [TokenName: Use] = [:]
    private var ended: Set<Int> = []
    /// Sessions that existed when the clock went back or a backup was restored. Their times prove nothing.
    private(set) var sessionsOfUncertainTime: Set<Int> = []

    mutating func clockWentBack(over sessions: some Sequence<Int>) { sessionsOfUncertainTime.formUnion(sessions) }

    mutating func backupRestored(over sessions: some Sequence<Int>) {
        uses = [:]
        ended = []
        sessionsOfUncertainTime.formUnion(sessions)
    }

    mutating func check(_ reply: Reply, to request: Request, at now: Timestamp) throws(Violation) {
        switch (request, reply) {
        case (.open(let session, let person, _, let proof), .token):
            people[session] = person
            if proof != nil { bound.insert(session) }
        case (.refresh(let token, _, let proof), .token(let successor)):
            if bound.contains(token.session), proof == nil || proof?.key == SimulatedKey.thief {
                throw Violation("\(token) was accepted without the session's key")
            }
            try checkAcceptance(of: token, successor, at: now)
        case (.refresh(let token, _, _), .refused(.reuse)), (.refresh(let token, _, _), .refused(.rollback)),
            (.refresh(let token, _, _), .refused(.revoked)):
            ended.insert(token.session)
        case (.end(let session), .ended), (.endOther(let session, _, _), .ended): ended.insert(session)
        case (.endAll(.session(let session)), .endedAll): ended.insert(session)
        case (.endAll(.token(let token, _)), .endedAll): ended.insert(token.session)
        default: break
        }
    }

    private mutating func checkAcceptance(
        of token: TokenName, _ successor: TokenName, at now: Timestamp
    ) throws(Violation) {
        if ended.contains(token.session) {
            throw Violation("S\(token.session) had ended, but \(token) was accepted")
        }
        guard let use = uses[token] else {
            uses[token] = Use(first: now, successor: successor)
            return
        }
        if use.successor != successor {
            throw Violation("\(token) has two successors: \(use.successor) and \(successor)")
        }
        if uses[use.successor] != nil {
            throw Violation("\(token) was accepted after its successor had been used")
        }
        let window = people[token.session]?.policy.retryWindowSeconds ?? RotationPolicy.longestRetryWindowSeconds
        if now > use.first + window, !bound.contains(token.session),
            !sessionsOfUncertainTime.contains(token.session)
        {
            throw Violation("\(token) was accepted \(now - use.first) s after its first use")
        }
    }
}
