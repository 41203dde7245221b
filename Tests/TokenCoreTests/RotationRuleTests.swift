import Testing
import TokenCore
import TokenTesting

/// The rows of the table in `docs/rotation.md`, each with its limits.
struct RotationRuleTests {
    static let policy = RotationPolicy(
        idleLifetimeSeconds: 1000, absoluteLifetimeSeconds: 5000, retryWindowSeconds: 60, maxRetries: 3)
    static let start = Timestamp(seconds: 1_800_000_000)
    static let rotatedAt = start + 100

    /// A session at generation 3, rotated at ``rotatedAt``, with its tokens and two later ones.
    struct Line {
        let rule = RotationRule(policy: policy, keys: RefreshTokenKeys(TestService.masterKeys()))
        let entropy = Entropy.seeded(7)
        let tokens: [RefreshToken]
        var record: SessionRecord
        var token: RefreshTokenRecord
        var subject: SubjectRecord
        var client: ClientRecord?

        var session: Session {
            Session(record: record, token: token, subject: Session.Subject(subject), client: client)
        }

        init() {
            let id = SessionID(UUIDv7(at: start, random: entropy.bytes()))
            let entropy = self.entropy
            let nonces = (0...5).map { _ in RotationNonce(entropy.bytes()) }
            var tokens = [rule.keys.first(of: id, secret: entropy.bytes())]
            for generation in 1...5 {
                tokens.append(rule.keys.successor(of: tokens[generation - 1], nonce: nonces[generation]))
            }
            self.tokens = tokens
            subject = SubjectRecord(id: SubjectID("ada"), createdAt: start)
            record = SessionRecord(
                id: id, subject: subject.id, client: .web, scope: .none, device: Device(),
                authenticationMethods: ["pwd"], authenticatedAt: start, createdAt: start, expiresAt: start + 5000,
                epoch: subject.epoch)
            token = RefreshTokenRecord(
                generation: Generation(3), hash: tokens[3].hash, nonce: nonces[3], rotatedAt: rotatedAt)
            client = .web
        }

        func judge(_ generation: Int, client: ClientID? = nil, at now: Timestamp = rotatedAt) -> Verdict {
            rule.judge(Presentation(tokens[generation], by: client), of: session, now: now)
        }
    }

    @Test(arguments: [
        (0, VerdictKind.reuse(3)), (1, .reuse(2)), (2, .retry), (3, .current), (4, .rollback), (5, .rollback),
    ])
    func `each generation has its row`(generation: Int, expected: VerdictKind) {
        #expect(VerdictKind(Line().judge(generation)) == expected)
    }

    @Test func `a rotation makes the next generation with the given nonce`() throws {
        let line = Line()
        let nonce = RotationNonce(line.entropy.bytes())
        let (successor, record) = line.rule.rotate(
            line.tokens[3], replacing: line.token, nonce: nonce, now: Self.rotatedAt)
        #expect(record.nonce == nonce)
        #expect(successor.generation == Generation(4) && record.generation == Generation(4))
        #expect(record.hash == successor.hash && record.retries == 0 && record.rotatedAt == Self.rotatedAt)
    }

    @Test func `a retry returns the identical current token and is counted`() throws {
        let line = Line()
        guard case .retry(let successor, let record, _) = line.judge(2, at: Self.rotatedAt + 60) else {
            Issue.record("not retried")
            return
        }
        #expect(successor.plaintext == line.tokens[3].plaintext)
        #expect(record.retries == 1 && record.rotatedAt == Self.rotatedAt)
    }

    /// Row 8 begins one millisecond after the end of the window, and with the first retry beyond the limit.
    @Test(arguments: [
        (Int64(0), 0, VerdictKind.retry), (59_999, 0, .retry), (60_000, 0, .retry), (60_001, 0, .reuse(1)),
        (0, 2, .retry), (0, 3, .reuse(1)), (0, 4, .reuse(1)), (-5000, 0, .retry),
    ])
    func `a retry has a window and a count`(milliseconds: Int64, retries: Int, expected: VerdictKind) {
        var line = Line()
        line.token.retries = retries
        let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + milliseconds)
        #expect(VerdictKind(line.judge(2, at: now)) == expected)
    }

    @Test func `a window of zero turns retries off`() {
        let line = Line()
        let policy = RotationPolicy(retryWindowSeconds: 0)
        let rule = RotationRule(policy: policy, keys: line.rule.keys)
        let verdict = rule.judge(Presentation(line.tokens[2]), of: line.session, now: Self.rotatedAt)
        #expect(VerdictKind(verdict) == .reuse(1))
    }

    /// Rows 5 and 7 by the client's own limits. A lifetime is never longer than the service's, 1000 s.
    @Test(arguments: [
        (ClientLimits(idleLifetimeSeconds: 100), 3, 100, VerdictKind.expired),
        (ClientLimits(idleLifetimeSeconds: 100), 3, 99, .current),
        (ClientLimits(idleLifetimeSeconds: 2000), 3, 1000, .expired),
        (ClientLimits(absoluteLifetimeSeconds: 1), 3, 999, .current),
        (ClientLimits(retryWindowSeconds: 0), 2, 0, .reuse(1)),
        (ClientLimits(retryWindowSeconds: 30), 2, 30, .retry), (ClientLimits(retryWindowSeconds: 30), 2, 31, .reuse(1)),
        (ClientLimits(retryWindowSeconds: 600), 2, 600, .retry),
        (ClientLimits(retryWindowSeconds: 600), 2, 601, .reuse(1)),
    ])
    func `a client's own limits count`(limits: ClientLimits, generation: Int, seconds: Int, expected: VerdictKind) {
        var line = Line()
        line.client?.limits = limits
        #expect(VerdictKind(line.judge(generation, at: Self.rotatedAt + seconds)) == expected)
    }

    @Test(arguments: [(nil, true, 5000), (300, true, 300), (300, false, 200), (100, false, 100), (9000, true, 5000)])
    func `a new session lives as long as its client's sessions may`(own: Int?, isRemembered: Bool, expected: Int) {
        var policy = Self.policy
        policy.unrememberedLifetimeSeconds = 200
        var client = ClientRecord.web
        client.limits.absoluteLifetimeSeconds = own
        #expect(policy.policy(for: client).absoluteLifetimeSeconds(isRemembered: isRemembered) == expected)
    }

    /// Rows 4 and 5 come before rows 6 to 9.
    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func `an ended or expired session refuses every generation`(generation: Int) {
        var ended = Line()
        ended.record.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        #expect(VerdictKind(ended.judge(generation)) == .revoked)
        var loggedOut = Line()
        loggedOut.subject.epoch = Self.rotatedAt
        #expect(VerdictKind(loggedOut.judge(generation)) == .revoked)
        for state in [SubjectRecord.State.disabled, .deleted] {
            var line = Line()
            line.subject.state = state
            #expect(VerdictKind(line.judge(generation)) == .revoked)
        }
        #expect(VerdictKind(Line().judge(generation, at: Self.rotatedAt + 1000)) == .expired)
        #expect(VerdictKind(ended.judge(generation, at: Self.rotatedAt + 1000)) == .revoked)
    }

    /// Row 3 comes before rows 4 to 9.
    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func `another client is refused at every generation`(generation: Int) {
        var line = Line()
        #expect(VerdictKind(line.judge(generation, client: ClientID("thief"))) == .otherClient)
        line.record.ending = SessionRecord.Ending(at: Self.rotatedAt, reason: .logout)
        #expect(VerdictKind(line.judge(generation, client: ClientID("thief"))) == .otherClient)
        #expect(VerdictKind(Line().judge(3, client: .web)) == .current)
    }

    @Test(arguments: [
        (Int64(999_999), VerdictKind.current), (1_000_000, .expired), (1_000_001, .expired),
    ])
    func `the idle lifetime ends to the millisecond`(milliseconds: Int64, expected: VerdictKind) {
        let now = Timestamp(milliseconds: Self.rotatedAt.milliseconds + milliseconds)
        #expect(VerdictKind(Line().judge(3, at: now)) == expected)
    }

    @Test func `neither a rotation nor a retry extends the absolute lifetime`() {
        var line = Line()
        line.token.rotatedAt = Self.start + 4990
        #expect(VerdictKind(line.judge(3, at: Self.start + 4999)) == .current)
        #expect(VerdictKind(line.judge(3, at: Self.start + 5000)) == .expired)
        #expect(VerdictKind(line.judge(2, at: Self.start + 5000)) == .expired)
    }

    @Test func `an unknown session is unknown`() {
        let line = Line()
        let verdict = line.rule.judge(Presentation(line.tokens[3]), of: nil, now: Self.rotatedAt)
        #expect(VerdictKind(verdict) == .unknown)
    }

    @Test func `a token that was made after a restored backup is a rollback`() {
        let line = Line()
        let fork = line.rule.keys.successor(of: line.tokens[2], nonce: RotationNonce(line.entropy.bytes()))
        let verdict = line.rule.judge(Presentation(fork), of: line.session, now: Self.rotatedAt)
        #expect(VerdictKind(verdict) == .rollback)
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5]) func `at the last generation every earlier token is a reuse`(generation: Int) {
        var line = Line()
        line.token.generation = Generation(.max)
        #expect(VerdictKind(line.judge(generation)) == .reuse(Int(UInt32.max) - generation))
    }
}
