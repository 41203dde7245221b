import Crypto
import Foundation
import TokenCore
import TokenSigning
import TokenTesting
import TokenVerifier

/// What the parts of a refresh, and of a verification, cost inside one process: a JSON object a line, `name` and `ns` (median of many rounds).
@main
struct Microbenchmarks {
    static func main() async throws {
        let fixture = try await Fixture()
        let raw = P256.Signing.PrivateKey()
        let message = [UInt8](repeating: 7, count: 500)
        let signature = try raw.signature(for: message)
        let now = fixture.now.seconds
        // In turns, so that a noisy moment touches all of them alike.
        var benchmarks: [(name: String, body: () throws -> Void, samples: [Double])] = [
            ("es256_signature", { _ = try raw.signature(for: message) }, []),
            ("mint", { _ = try fixture.issuer.issue(for: fixture.session.record, at: fixture.now) }, []),
            ("parse", { _ = RefreshToken(parsing: fixture.text, keys: fixture.rule.keys) }, []),
            ("judge", { fixture.judge() }, []),
            ("es256_verification", { _ = raw.publicKey.isValidSignature(signature, for: message) }, []),
            ("verify_new", { _ = try fixture.gate.verify(fixture.access, keys: fixture.keys, at: now) }, []),
        ]
        for _ in 0..<40 {
            for index in benchmarks.indices {
                benchmarks[index].samples.append(try nanoseconds(of: benchmarks[index].body, times: 200))
            }
        }
        for benchmark in benchmarks {
            let median = benchmark.samples.sorted()[benchmark.samples.count / 2]
            print("{\"name\":\"\(benchmark.name)\",\"ns\":\(Int(median))}")
        }
        print("{\"name\":\"verify_seen\",\"ns\":\(Int(try await fixture.verifySeen()))}")
    }

    private static func nanoseconds(of body: () throws -> Void, times: Int) rethrows -> Double {
        let start = ContinuousClock.now
        for _ in 0..<times { try body() }
        let spent = (ContinuousClock.now - start).components
        return (Double(spent.seconds) * 1e9 + Double(spent.attoseconds) / 1e9) / Double(times)
    }
}

/// A session, its keys and an issuer, in memory.
struct Fixture {
    let now = Timestamp(seconds: 1_800_000_000)
    let rule: RotationRule
    let issuer: JWTIssuer
    let session: Session
    let text: String
    let access: String
    let gate = TokenGate(issuer: "http://localhost:8080", audience: ["api"])
    let keys: VerificationKeys
    private let jwks: [UInt8]
    private let token: RefreshToken
    private let nonce = RotationNonce(Entropy.system.bytes())

    init() async throws {
        let random: RandomBytes<32> = Entropy.system.bytes()
        guard let master = MasterKey(bytes: random.bytes) else { throw CocoaError(.featureUnsupported) }
        let ring = MasterKeyRing(current: master)
        let sealer = KeySealer(ring)
        rule = RotationRule(policy: RotationPolicy(), keys: RefreshTokenKeys(ring))
        let rules = SessionRules(rotation: rule, accessTokenLifetimeSeconds: 600)
        let store = MemoryStore()
        let candidates = [try sealer.generate(.es256, at: now), try sealer.generate(.es256, at: now)]
        _ = try store.transaction(at: now, rules: rules) { transaction in
            try RotateSigningKeys(.fill, candidates: candidates, retentionSeconds: 600).apply(to: &transaction)
        }
        let keyRing = try await KeyRing(store: store, sealer: sealer)
        jwks = keyRing.snapshot.jwks
        keys = try await VerificationKeys(jwks: jwks)
        issuer = JWTIssuer(
            ring: keyRing, issuer: "http://localhost:8080", audience: ["api"],
            lifetimeSeconds: 600)
        let opened = try store.transaction(at: now, rules: rules) { transaction in
            try OpenSession(
                subject: SubjectID("0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"), evidence: .vouched(by: nil), client: .web,
                scope: .none, device: Device(name: "laptop"), authenticationMethods: ["pwd"], entropy: .system
            ).apply(to: &transaction)
        }
        guard case .opened(let session, let token) = opened else { throw CocoaError(.featureUnsupported) }
        self.session = session
        self.token = token
        text = token.plaintext
        access = try issuer.issue(for: session.record, at: now).token
    }

    /// Nanoseconds a verification of a token that was seen before, among a thousand others.
    func verifySeen() async throws -> Double {
        let now = now.seconds
        let verifier = AccessTokenVerifier(
            AccessTokenVerifier.Options(issuer: "http://localhost:8080", audience: ["api"]),
            transport: FixedKeys(jwks: jwks), now: { now })
        let tokens = try (0..<1000).map { _ in try issuer.issue(for: session.record, at: self.now).token }
        for token in tokens { _ = try await verifier.verify(token) }
        let start = ContinuousClock.now
        for _ in 0..<200 { for token in tokens { _ = try await verifier.verify(token) } }
        return (ContinuousClock.now - start) / .nanoseconds(200 * tokens.count)
    }

    func judge() { _ = rule.judge(token, from: nil, session: session, nonce: nonce, now: now) }
}

/// Answers every request with one key set.
struct FixedKeys: VerifierTransport {
    let jwks: [UInt8]

    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
    {
        VerifierAnswer(status: 200, body: jwks)
    }
}
