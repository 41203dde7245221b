import Crypto
import Foundation
import TokenCore
import TokenSigning
import TokenTesting

/// What the parts of a refresh cost inside one process: a JSON object a line, `name` and `ns` (median of many rounds).
@main
struct Microbenchmarks {
    static func main() async throws {
        let fixture = try await Fixture()
        let raw = P256.Signing.PrivateKey()
        let message = [UInt8](repeating: 7, count: 500)
        // In turns, so that a noisy moment touches all of them alike.
        var benchmarks: [(name: String, body: () throws -> Void, samples: [Double])] = [
            ("es256_signature", { _ = try raw.signature(for: message) }, []),
            ("mint", { _ = try fixture.issuer.issue(for: fixture.family.session, at: fixture.now) }, []),
            ("parse", { _ = RefreshToken(parsing: fixture.text, keys: fixture.rule.keys) }, []),
            ("judge", { fixture.judge() }, []),
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
    let issuer: AccessTokenIssuer
    let family: Family
    let text: String
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
        _ = try store.transaction(at: now, rules: rules) { ledger in
            try RotateSigningKeys(.fill, candidates: candidates, retentionSeconds: 600).apply(to: &ledger)
        }
        issuer = AccessTokenIssuer(
            ring: try await KeyRing(store: store, sealer: sealer), issuer: "http://localhost:8080", audience: ["api"],
            lifetimeSeconds: 600)
        let opened = try store.transaction(at: now, rules: rules) { ledger in
            try OpenSession(
                subject: SubjectID("0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b"), evidence: .vouched, client: .web,
                scope: .none, device: Device(name: "laptop"), authenticationMethods: ["pwd"], entropy: .system
            ).apply(to: &ledger)
        }
        guard case .opened(let family, let token) = opened else { throw CocoaError(.featureUnsupported) }
        self.family = family
        self.token = token
        text = token.plaintext
    }

    func judge() { _ = rule.judge(token, from: nil, family: family, nonce: nonce, now: now) }
}
