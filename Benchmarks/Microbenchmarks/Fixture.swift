import TokenCore
import TokenSigning
import TokenTesting
import TokenVerifier

/// A session, its keys and an issuer, in a memory store.
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
    private let nonce: RotationNonce

    init() async throws {
        let service = TestService(store: MemoryStore(), clock: TestClock(at: now))
        let sealer = KeySealer(TestService.masterKeys())
        let candidates = [try sealer.generate(.es256, at: now), try sealer.generate(.es256, at: now)]
        try await service.submit(RotateSigningKeys(.fill, candidates: candidates, retentionSeconds: 600))
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        jwks = ring.snapshot.jwks
        keys = try await VerificationKeys(jwks: jwks)
        issuer = JWTIssuer(ring: ring, issuer: "http://localhost:8080", audience: ["api"], lifetimeSeconds: 600)
        rule = service.rules.rotation
        nonce = RotationNonce(service.entropy.bytes())
        (session, token) = try await service.open(
            "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", device: Device(name: "laptop"))
        text = token.plaintext
        access = try issuer.issue(for: session, boundBy: .cookie, at: now).token
    }

    /// The nanoseconds of a verification of a token that was verified before, among a thousand tokens.
    func verifySeen() async throws -> Double {
        let now = now.seconds
        let verifier = AccessTokenVerifier(
            AccessTokenVerifier.Options(issuer: "http://localhost:8080", audience: ["api"]),
            transport: FixedKeys(jwks: jwks), now: { now })
        let tokens = try (0..<1000).map { _ in try issuer.issue(for: session, boundBy: .cookie, at: self.now).token }
        for token in tokens { _ = try await verifier.verify(token) }
        let start = ContinuousClock.now
        for _ in 0..<200 { for token in tokens { _ = try await verifier.verify(token) } }
        return (ContinuousClock.now - start) / .nanoseconds(200 * tokens.count)
    }

    /// A refresh without its commit: judges the token and makes its successor.
    func judge() {
        if case .current = rule.judge(Presentation(token), of: session, now: now) {
            _ = rule.rotate(token, replacing: session.token, nonce: nonce, now: now)
        }
    }
}
