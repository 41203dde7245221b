import StrictCoding
import Testing
import TokenCore
import TokenTesting

/// All situations of the table in `docs/rotation.md`, compared with an expectation that is written from the table only.
struct RotationTableTests {
    enum State: CaseIterable { case live, ended, loggedOut, disabled, deleted, clientRemoved }

    /// How the request names the session's client. In the last three cases the client is confidential.
    enum RequestingClient: CaseIterable {
        case unnamed, right, wrong, authenticated, unauthenticated, unnamedConfidential
    }

    /// What the session is bound to and what the request shows of a key. In the last four cases the session is bound.
    enum Binding: CaseIterable {
        case none, needlessProof, faultyNeedlessProof, wanted, unproven, own, faulty, other

        var isBound: Bool { [.unproven, .own, .faulty, .other].contains(self) }

        /// Why row 3a refuses a public client's session; nil if it does not.
        var refusal: VerdictKind? {
            switch self {
            case .none, .needlessProof, .own: nil
            case .wanted: .unbound
            case .faultyNeedlessProof, .faulty: .proof(.replayed)
            case .unproven: .proof(.missing)
            case .other: .proof(.otherKey)
            }
        }
    }

    /// A presentation and the session that it meets. Times are milliseconds. The session is at generation ``current``,
    /// which was made at ``rotatedAt``.
    struct Situation {
        var generation: Int
        /// Whether the token was made with another nonce than the one of its generation.
        var isFork: Bool
        var sinceRotation: Int64
        /// When the absolute lifetime ends, after the last rotation.
        var absoluteEnd: Int64
        var retries: Int
        var windowSeconds: Int
        /// Whether another presentation of the same token is under way, so that this one is not counted as a retry.
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

    static func expectation(
        _ situation: Situation, _ state: State, _ requestingClient: RequestingClient, _ binding: Binding
    ) -> VerdictKind {
        if requestingClient == .wrong { return .otherClient }
        if state != .clientRemoved, requestingClient == .unauthenticated || requestingClient == .unnamedConfidential {
            return .otherClient
        }
        let isConfidential = requestingClient == .authenticated && state != .clientRemoved
        if isConfidential, binding == .wanted { return .proof(.missing) }
        // A client that was removed demands nothing of unbound sessions any more.
        let isWanted = binding == .wanted && state == .clientRemoved
        if !isConfidential || [.faulty, .faultyNeedlessProof].contains(binding), !isWanted,
            let refusal = binding.refusal
        {
            return refusal
        }
        if state != .live { return .revoked }
        if situation.sinceRotation >= idle || situation.sinceRotation >= situation.absoluteEnd { return .expired }
        let behind = current - situation.generation
        // A token that this database has not made.
        if behind < 0 || behind == 0 && situation.isFork { return .rollback }
        if behind == 0 { return .current }
        let window = Int64(situation.windowSeconds) * 1000
        let isOneTooMany = situation.retries >= maxRetries && !situation.isConcurrent
        let isLate = situation.sinceRotation > window
        let mayRetry = window > 0 && !isOneTooMany && (!isLate || binding.isBound && !isConfidential)
        return behind == 1 && !situation.isFork && mayRetry ? isLate ? .lateRetry : .retry : .reuse(behind)
    }

    /// Five generations of tokens, and for each generation a token that was made with another nonce.
    let keys = RefreshTokenKeys(TestService.masterKeys())
    let line: [RefreshToken]
    let forks: [RefreshToken]
    let nonces: [RotationNonce]

    init() {
        let entropy = Entropy.seeded(11)
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

    private func session(
        _ situation: Situation, _ state: State, isConfidential: Bool, _ binding: Binding = .none
    ) -> Session {
        let created = Self.rotatedAt + -1
        var subject = SubjectRecord(id: SubjectID("ada"), createdAt: created)
        var record = SessionRecord(
            id: line[0].session, subject: subject.id, client: ClientID("mobile"), scope: .none, device: Device(),
            authenticationMethods: [], authenticatedAt: created, createdAt: created,
            expiresAt: Timestamp(milliseconds: Self.rotatedAt.milliseconds + situation.absoluteEnd),
            epoch: subject.epoch, keyThumbprint: binding.isBound ? Self.key(1) : nil)
        switch state {
        case .live: break
        case .ended: record.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        case .loggedOut: subject.epoch = Self.rotatedAt
        case .disabled: subject.state = .disabled
        case .deleted: subject.state = .deleted
        case .clientRemoved: break
        }
        let secrets = isConfidential ? [ClientSecretHash(of: "1")] : []
        return Session(
            record: record,
            token: RefreshTokenRecord(
                generation: Generation(UInt32(Self.current)), hash: line[Self.current].hash,
                nonce: nonces[Self.current], rotatedAt: Self.rotatedAt, retries: situation.retries),
            subject: Session.Subject(subject),
            client: state == .clientRemoved
                ? nil
                : ClientRecord(
                    id: record.client, secretHashes: secrets, requiresProof: binding == .wanted, createdAt: created))
    }

    private static func key(_ byte: UInt8) -> KeyThumbprint? {
        KeyThumbprint(bytes: [UInt8](repeating: byte, count: 32))
    }

    private func proof(_ binding: Binding) -> PresentedProof {
        func given(_ byte: UInt8) -> PresentedProof {
            guard let key = Self.key(byte) else { return .absent }
            return .given(
                KeyProof(key: key, use: .proof(of: key, named: "1", refusedFrom: 0, forgottenAfter: 0)))
        }
        return switch binding {
        case .none, .wanted, .unproven: .absent
        case .needlessProof, .own: given(1)
        case .faulty, .faultyNeedlessProof: .faulty(.replayed)
        case .other: given(2)
        }
    }

    @Test(
        arguments: State.allCases.flatMap { state in RequestingClient.allCases.map { (state, $0) } }, Binding.allCases)
    func `every situation has the answer of its row`(asked: (State, RequestingClient), binding: Binding) {
        let (state, requestingClient) = asked
        let client: ClientID? =
            switch requestingClient {
            case .unnamed, .unnamedConfidential: nil
            case .right, .authenticated, .unauthenticated: ClientID("mobile")
            case .wrong: ClientID("Mobile")
            }
        let isConfidential = [.authenticated, .unauthenticated, .unnamedConfidential].contains(requestingClient)
        var seen: [VerdictKind] = []
        for situation in Self.situations {
            let policy = RotationPolicy(
                idleLifetimeSeconds: Int(Self.idle / 1000), retryWindowSeconds: situation.windowSeconds,
                maxRetries: Self.maxRetries)
            let presented = (situation.isFork ? forks : line)[situation.generation]
            let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + situation.sinceRotation)
            let verdict = RotationRule(policy: policy, keys: keys).judge(
                Presentation(
                    presented, by: client, isAuthenticated: requestingClient == .authenticated, proof: proof(binding),
                    isConcurrent: situation.isConcurrent),
                of: session(situation, state, isConfidential: isConfidential, binding), now: now)
            let expected = Self.expectation(situation, state, requestingClient, binding)
            if !seen.contains(expected) { seen.append(expected) }
            let answer = VerdictKind(verdict)
            if answer != expected { Issue.record("\(situation): \(answer), not \(expected)") }
            check(verdict, situation, at: now)
        }
        let isJudged =
            state == .live && [.unnamed, .right, .authenticated].contains(requestingClient)
            && seen.contains(.current)
        #expect(seen.count == (isJudged ? seen.contains(.lateRetry) ? 7 : 6 : 1))
        let isPermitted = requestingClient == .authenticated && binding.isBound && binding != .faulty
        if state == .live, [.unnamed, .right, .authenticated].contains(requestingClient) {
            #expect(isJudged == (isPermitted || binding.refusal == nil))
        }
    }

    /// Checks the successor and the row that belong to a verdict.
    private func check(_ verdict: Verdict, _ situation: Situation, at now: Timestamp) {
        switch verdict {
        case .current:
            let (successor, record) = RotationRule(policy: RotationPolicy(), keys: keys)
                .rotate(
                    line[Self.current],
                    replacing: session(situation, .live, isConfidential: false).token, nonce: nonces[0], now: now)
            #expect(successor.plaintext == keys.successor(of: line[Self.current], nonce: nonces[0]).plaintext)
            #expect(
                record
                    == RefreshTokenRecord(
                        generation: Generation(UInt32(Self.current) + 1), hash: successor.hash, nonce: nonces[0],
                        rotatedAt: now))
        case .retry(let successor, let record, _):
            #expect(successor.plaintext == line[Self.current].plaintext)
            #expect(
                record
                    == RefreshTokenRecord(
                        generation: Generation(UInt32(Self.current)), hash: successor.hash,
                        nonce: nonces[Self.current], rotatedAt: Self.rotatedAt,
                        retries: situation.retries + (situation.isConcurrent ? 0 : 1)))
        case .refused(.reuse(_, let seconds, _)):
            #expect(seconds == Double(situation.sinceRotation) / 1000)
        case .refused: break
        }
    }
}
