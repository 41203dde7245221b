import Testing
import TokenCore
import TokenTesting

/// The table of the rotation rule, row by row, each against its neighbours.
struct RotationRuleTests {
    static let policy = RotationPolicy(
        idleLifetimeSeconds: 1000, absoluteLifetimeSeconds: 5000, retryWindowSeconds: 60, maxRetries: 3)
    static let start = Timestamp(seconds: 1_800_000_000)
    static let rotatedAt = start + 100

    /// A family at generation 3 that was rotated at ``rotatedAt``, with its whole line of tokens.
    struct Line {
        let rule = RotationRule(policy: policy, keys: RefreshTokenKeys(TestService.masterKeys()))
        let entropy = SeededEntropy(seed: 7).entropy
        let tokens: [RefreshToken]
        var session: Session

        init() {
            let id = SessionID(UUIDv7(at: start, random: entropy.bytes()))
            var tokens = [rule.keys.first(of: id, secret: entropy.bytes())]
            var nonce = RotationNonce(entropy.bytes())
            for _ in 1...5 {
                if tokens.count <= 3 { nonce = RotationNonce(entropy.bytes()) }
                tokens.append(rule.keys.successor(of: tokens[tokens.count - 1], nonce: nonce))
            }
            self.tokens = tokens
            let subject = SubjectRecord(id: SubjectID("ada"), createdAt: start)
            session = Session(
                session: SessionRecord(
                    id: id, subject: subject.id, client: .web, scope: .none, device: Device(),
                    authenticationMethods: ["pwd"], authenticatedAt: start, createdAt: start, expiresAt: start + 5000,
                    epoch: subject.epoch),
                token: RefreshTokenRecord(
                    generation: Generation(3), hash: tokens[3].hash, nonce: Line.nonce(of: tokens, at: 3, seed: 7),
                    rotatedAt: rotatedAt),
                subject: subject)
        }

        /// The nonce that the token at `position` was made with, drawn again from the same seed.
        private static func nonce(of tokens: [RefreshToken], at position: Int, seed: UInt64) -> RotationNonce {
            let entropy = SeededEntropy(seed: seed).entropy
            let _: RandomBytes<16> = entropy.bytes()
            let _: RandomBytes<32> = entropy.bytes()
            var nonce = RotationNonce(entropy.bytes())
            for _ in 1...position { nonce = RotationNonce(entropy.bytes()) }
            return nonce
        }

        func judge(_ generation: Int, client: ClientID? = nil, at now: Timestamp = rotatedAt) -> Verdict {
            rule.judge(
                tokens[generation], from: client, session: session, nonce: RotationNonce(entropy.bytes()), now: now)
        }
    }

    /// What a verdict comes down to.
    enum Kind: Equatable { case rotated, retried, unknown, otherClient, revoked, expired, reuse(Int), rollback }

    private func kind(_ verdict: Verdict) -> Kind {
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

    @Test(arguments: [(0, Kind.reuse(3)), (1, .reuse(2)), (2, .retried), (3, .rotated), (4, .rollback), (5, .rollback)])
    func `each generation has its row`(generation: Int, expected: Kind) {
        #expect(kind(Line().judge(generation)) == expected)
    }

    @Test func `a rotation makes the next generation under the new nonce`() throws {
        guard case .rotated(let successor, let record) = Line().judge(3) else {
            Issue.record("not rotated")
            return
        }
        #expect(successor.generation == Generation(4) && record.generation == Generation(4))
        #expect(record.hash == successor.hash && record.retries == 0 && record.rotatedAt == Self.rotatedAt)
    }

    @Test func `a retry hands out the identical current token and counts`() throws {
        let line = Line()
        guard case .retried(let successor, let record) = line.judge(2, at: Self.rotatedAt + 60) else {
            Issue.record("not retried")
            return
        }
        #expect(successor.plaintext == line.tokens[3].plaintext)
        #expect(record.retries == 1 && record.rotatedAt == Self.rotatedAt)
    }

    /// Row 7 ends where row 8 begins: at the window's end, to the millisecond, and at the last retry.
    @Test(arguments: [
        (Int64(0), 0, Kind.retried), (59_999, 0, .retried), (60_000, 0, .retried), (60_001, 0, .reuse(1)),
        (0, 2, .retried), (0, 3, .reuse(1)), (0, 4, .reuse(1)), (-5000, 0, .retried),
    ])
    func `a retry has a window and a count`(milliseconds: Int64, retries: Int, expected: Kind) {
        var line = Line()
        line.session.token.retries = retries
        let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + milliseconds)
        #expect(kind(line.judge(2, at: now)) == expected)
    }

    @Test func `a window of zero turns retries off`() {
        let line = Line()
        let policy = RotationPolicy(retryWindowSeconds: 0)
        let rule = RotationRule(policy: policy, keys: line.rule.keys)
        let verdict = rule.judge(
            line.tokens[2], from: nil, session: line.session, nonce: RotationNonce(line.entropy.bytes()),
            now: Self.rotatedAt)
        #expect(kind(verdict) == .reuse(1))
    }

    /// Rows 4 and 5 come before 6 to 9, whatever the generation.
    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func `dead and expired sessions judge no generation`(generation: Int) {
        var ended = Line()
        ended.session.record.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        #expect(kind(ended.judge(generation)) == .revoked)
        var leftBehind = Line()
        leftBehind.session.subject.epoch = Self.rotatedAt
        #expect(kind(leftBehind.judge(generation)) == .revoked)
        for state in [SubjectRecord.State.disabled, .deleted] {
            var line = Line()
            line.session.subject.state = state
            #expect(kind(line.judge(generation)) == .revoked)
        }
        #expect(kind(Line().judge(generation, at: Self.rotatedAt + 1000)) == .expired)
        #expect(kind(ended.judge(generation, at: Self.rotatedAt + 1000)) == .revoked)
    }

    /// Row 3 comes before all of them.
    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func `another client learns and harms nothing`(generation: Int) {
        var line = Line()
        #expect(kind(line.judge(generation, client: ClientID("thief"))) == .otherClient)
        line.session.record.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        #expect(kind(line.judge(generation, client: ClientID("thief"))) == .otherClient)
        #expect(kind(Line().judge(3, client: .web)) == .rotated)
    }

    @Test(arguments: [
        (Int64(999_999), Kind.rotated), (1_000_000, .expired), (1_000_001, .expired),
    ])
    func `the idle lifetime ends to the millisecond`(milliseconds: Int64, expected: Kind) {
        let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + milliseconds)
        #expect(kind(Line().judge(3, at: now)) == expected)
    }

    @Test func `no rotation and no retry extends the absolute lifetime`() {
        var line = Line()
        line.session.token.rotatedAt = Self.start + 4990
        #expect(kind(line.judge(3, at: Self.start + 4999)) == .rotated)
        #expect(kind(line.judge(3, at: Self.start + 5000)) == .expired)
        #expect(kind(line.judge(2, at: Self.start + 5000)) == .expired)
    }

    @Test func `an unknown session is unknown`() {
        let line = Line()
        let verdict = line.rule.judge(
            line.tokens[3], from: nil, session: nil, nonce: RotationNonce(line.entropy.bytes()), now: Self.rotatedAt)
        #expect(kind(verdict) == .unknown)
    }

    @Test func `a fork of the line after a restored backup is a rollback`() {
        let line = Line()
        let fork = line.rule.keys.successor(of: line.tokens[2], nonce: RotationNonce(line.entropy.bytes()))
        let verdict = line.rule.judge(
            fork, from: nil, session: line.session, nonce: RotationNonce(line.entropy.bytes()), now: Self.rotatedAt)
        #expect(kind(verdict) == .rollback)
    }
}
