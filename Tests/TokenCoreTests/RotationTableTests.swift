import Testing
import TokenCore
import TokenTesting

/// Every row of the table with every neighbour, against an expectation written from the contract alone.
struct RotationTableTests {
    enum State: CaseIterable { case live, ended, leftBehind, disabled, deleted, clientRemoved }

    /// The last three for a confidential client: with its secret, without, and without even its name.
    enum RequestingClient: CaseIterable { case unnamed, right, wrong, proven, unproven, unnamedUnproven }
    enum Answer: Equatable { case rotated, retried, unknown, otherClient, revoked, expired, reuse(Int), rollback }

    /// Times in milliseconds; the current generation is ``current`` and was made at ``rotatedAt``.
    struct Situation {
        var generation: Int
        var isFork: Bool
        var sinceRotation: Int64
        /// When the absolute lifetime ends, from the last rotation on.
        var absoluteEnd: Int64
        var retries: Int
        var windowSeconds: Int
        /// Whether another presentation of the same token is on its way: no retry of its own, so never too many.
        var isConcurrent: Bool
    }

    static let current = 2
    static let maxRetries = 3
    static let idle: Int64 = 1_000_000
    static let rotatedAt = Timestamp(seconds: 1_800_000_000)

    static let situations: [Situation] = {
        var all: [Situation] = []
        let moments: [Int64] = [
            -1, 0, 1, 29_999, 30_000, 30_001, 59_999, 60_000, 60_001, 499_999, 500_000, 500_001, idle - 1, idle,
            idle + 1,
        ]
        for generation in 0...4 {
            for isFork in [false, true] {
                for sinceRotation in moments {
                    for absoluteEnd in [30_000, 500_000, idle * 4] as [Int64] {
                        for retries in [0, maxRetries - 1, maxRetries, maxRetries + 1] {
                            for (windowSeconds, isConcurrent) in [(0, false), (60, false), (0, true), (60, true)] {
                                all.append(
                                    Situation(
                                        generation: generation, isFork: isFork, sinceRotation: sinceRotation,
                                        absoluteEnd: absoluteEnd, retries: retries, windowSeconds: windowSeconds,
                                        isConcurrent: isConcurrent))
                            }
                        }
                    }
                }
            }
        }
        return all
    }()

    static func expectation(_ situation: Situation, _ state: State, _ requestingClient: RequestingClient) -> Answer {
        if requestingClient == .wrong { return .otherClient }
        if state != .clientRemoved, requestingClient == .unproven || requestingClient == .unnamedUnproven { return .otherClient }
        if state != .live { return .revoked }
        if situation.sinceRotation >= idle || situation.sinceRotation >= situation.absoluteEnd { return .expired }
        let behind = current - situation.generation
        // A token that this database has not made: of a later generation, or of this one but another.
        if behind < 0 || behind == 0 && situation.isFork { return .rollback }
        if behind == 0 { return .rotated }
        let window = Int64(situation.windowSeconds) * 1000
        let isOneTooMany = situation.retries >= maxRetries && !situation.isConcurrent
        let mayRetry = window > 0 && situation.sinceRotation <= window && !isOneTooMany
        return behind == 1 && !situation.isFork && mayRetry ? .retried : .reuse(behind)
    }

    /// A line of five generations, and beside each the token that another nonce would have made.
    let keys = RefreshTokenKeys(TestService.masterKeys())
    let line: [RefreshToken]
    let forks: [RefreshToken]
    let nonces: [RotationNonce]

    init() {
        let entropy = SeededEntropy(seed: 11).entropy
        let id = SessionID(UUIDv7(at: Self.rotatedAt, random: entropy.bytes()))
        nonces = (0...4).map { _ in RotationNonce(entropy.bytes()) }
        var line = [keys.first(of: id, secret: entropy.bytes())]
        var forks = [keys.first(of: id, secret: entropy.bytes())]
        for generation in 1...4 {
            forks.append(keys.successor(of: line[generation - 1], nonce: RotationNonce(entropy.bytes())))
            line.append(keys.successor(of: line[generation - 1], nonce: nonces[generation]))
        }
        self.line = line
        self.forks = forks
    }

    private func session(_ situation: Situation, _ state: State, isConfidential: Bool) -> Session {
        let created = Self.rotatedAt + -1
        var subject = SubjectRecord(id: SubjectID("ada"), createdAt: created)
        var session = SessionRecord(
            id: line[0].session, subject: subject.id, client: ClientID("mobile"), scope: .none, device: Device(),
            authenticationMethods: [], authenticatedAt: created, createdAt: created,
            expiresAt: Timestamp(milliseconds: Self.rotatedAt.milliseconds + situation.absoluteEnd),
            epoch: subject.epoch)
        switch state {
        case .live: break
        case .ended: session.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        case .leftBehind: subject.epoch = Self.rotatedAt
        case .disabled: subject.state = .disabled
        case .deleted: subject.state = .deleted
        case .clientRemoved: break
        }
        var session = Session(
            session: session,
            token: RefreshTokenRecord(
                generation: Generation(UInt32(Self.current)), hash: line[Self.current].hash,
                nonce: nonces[Self.current], rotatedAt: Self.rotatedAt, retries: situation.retries),
            subject: subject)
        let secrets = isConfidential ? [[UInt8](repeating: 1, count: 32)] : []
        session.client =
            state == .clientRemoved ? nil : ClientRecord(id: session.client, secretHashes: secrets, createdAt: created)
        return session
    }

    private func answer(_ verdict: Verdict) -> Answer {
        switch verdict {
        case .rotated: .rotated
        case .retried: .retried
        case .refused(.unknown): .unknown
        case .refused(.otherClient): .otherClient
        case .refused(.revoked): .revoked
        case .refused(.expired): .expired
        case .refused(.reuse(let generations, _)): .reuse(generations)
        case .refused(.rollback): .rollback
        }
    }

    @Test(arguments: State.allCases, RequestingClient.allCases)
    func `every situation is answered by its row`(state: State, requestingClient: RequestingClient) {
        let client: ClientID? =
            switch requestingClient {
            case .unnamed, .unnamedUnproven: nil
            case .right, .proven, .unproven: ClientID("mobile")
            case .wrong: ClientID("Mobile")
            }
        let isConfidential = [.proven, .unproven, .unnamedUnproven].contains(requestingClient)
        var seen: [Answer] = []
        for situation in Self.situations {
            let policy = RotationPolicy(
                idleLifetimeSeconds: Int(Self.idle / 1000), retryWindowSeconds: situation.windowSeconds,
                maxRetries: Self.maxRetries)
            let presented = (situation.isFork ? forks : line)[situation.generation]
            let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + situation.sinceRotation)
            let verdict = RotationRule(policy: policy, keys: keys).judge(
                presented, from: client, isAuthenticated: requestingClient == .proven, isConcurrent: situation.isConcurrent,
                session: session(situation, state, isConfidential: isConfidential), nonce: nonces[0], now: now)
            let expected = Self.expectation(situation, state, requestingClient)
            if !seen.contains(expected) { seen.append(expected) }
            let answer = answer(verdict)
            if answer != expected { Issue.record("\(situation): \(answer), not \(expected)") }
            check(verdict, situation, at: now)
        }
        let isJudged = state == .live && [.unnamed, .right, .proven].contains(requestingClient)
        #expect(seen.count == (isJudged ? 6 : 1))
    }

    /// What is handed out and written, beyond the row's name.
    private func check(_ verdict: Verdict, _ situation: Situation, at now: Timestamp) {
        switch verdict {
        case .rotated(let successor, let record):
            #expect(successor.plaintext == keys.successor(of: line[Self.current], nonce: nonces[0]).plaintext)
            #expect(
                record
                    == RefreshTokenRecord(
                        generation: Generation(UInt32(Self.current) + 1), hash: successor.hash, nonce: nonces[0],
                        rotatedAt: now))
        case .retried(let successor, let record):
            #expect(successor.plaintext == line[Self.current].plaintext)
            #expect(
                record
                    == RefreshTokenRecord(
                        generation: Generation(UInt32(Self.current)), hash: successor.hash,
                        nonce: nonces[Self.current], rotatedAt: Self.rotatedAt,
                        retries: situation.retries + (situation.isConcurrent ? 0 : 1)))
        case .refused(.reuse(_, let seconds)):
            #expect(seconds == Double(situation.sinceRotation) / 1000)
        case .refused: break
        }
    }
}
