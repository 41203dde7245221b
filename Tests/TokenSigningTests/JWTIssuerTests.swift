import Foundation
import JWTKit
import StrictCoding
import Testing
import TokenCore
import TokenSigning
import TokenTesting
import TokenVerifier

/// Our tokens under the eyes of a library that nobody here wrote, and of our own gate.
struct JWTIssuerTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    struct Claims: JWTPayload {
        var iss: String
        var sub: String
        var aud: AudienceClaim
        var client_id: String
        var iat: Int
        var exp: Int
        var jti: String
        var sid: String
        var scope: String?
        var auth_time: Int
        var amr: [String]

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    private func issuer(_ algorithm: SigningAlgorithm, audience: [String] = ["api"]) async throws -> (
        issuer: JWTIssuer, ring: KeyRing
    ) {
        let sealer = KeySealer(TestService.masterKeys())
        let service = TestService(store: MemoryStore())
        let keys = [try sealer.generate(algorithm, at: Self.now), try sealer.generate(algorithm, at: Self.now)]
        _ = try await service.sessions.lane.submit(RotateSigningKeys(.fill, candidates: keys, retentionSeconds: 600))
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        return (
            JWTIssuer(ring: ring, issuer: "https://id.example", audience: audience, lifetimeSeconds: 600), ring
        )
    }

    private func session(scope: String = "read write", expiresIn: Int = 7_776_000) throws -> SessionRecord {
        SessionRecord(
            id: SessionID(UUIDv7(at: Self.now, random: SeededEntropy(seed: 1).entropy.bytes())),
            subject: SubjectID("ada"), client: .web, scope: try #require(Scope(scope)), device: Device(),
            authenticationMethods: ["pwd"], authenticatedAt: Self.now, createdAt: Self.now,
            expiresAt: Self.now + expiresIn, epoch: Timestamp(milliseconds: 0))
    }

    @Test(arguments: [SigningAlgorithm.es256, .eddsa, .rs256])
    func `jwt-kit believes our tokens by our key set`(algorithm: SigningAlgorithm) async throws {
        let (issuer, ring) = try await issuer(algorithm)
        let session = try session()
        let token = try issuer.issue(for: session, at: Self.now)
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: ring.snapshot.jwks, as: UTF8.self))
        let claims = try await keys.verify(token.token, as: Claims.self)
        #expect(claims.iss == "https://id.example" && claims.sub == "ada" && claims.aud.value == ["api"])
        #expect(claims.iat == Self.now.seconds && claims.exp == Self.now.seconds + 600 && token.expiresInSeconds == 600)
        #expect(claims.sid == session.id.description && claims.scope == "read write" && claims.client_id == "web")
        #expect(claims.auth_time == Self.now.seconds && claims.amr == ["pwd"])
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `the gate believes our tokens`(algorithm: SigningAlgorithm) async throws {
        let (issuer, ring) = try await issuer(algorithm, audience: ["api", "other"])
        let session = try session()
        let token = try issuer.issue(for: session, at: Self.now).token
        let keys = try await VerificationKeys(jwks: ring.snapshot.jwks)
        let gate = TokenGate(issuer: "https://id.example", audience: ["other"])
        let read = try gate.verify(token, keys: keys, at: Self.now.seconds)
        #expect(read.sessionID == session.id.description && read.scope == ["read", "write"])
        #expect(throws: TokenRefusal.expired) { try gate.verify(token, keys: keys, at: Self.now.seconds + 600) }
        let stranger = try await VerificationKeys(jwks: self.issuer(algorithm).ring.snapshot.jwks)
        #expect(throws: TokenRefusal.unknownKey) { try gate.verify(token, keys: stranger, at: Self.now.seconds) }
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `header and claims are exactly those of the contract`(algorithm: SigningAlgorithm) async throws {
        let (issuer, ring) = try await issuer(algorithm)
        let parts = try issuer.issue(for: session(scope: ""), at: Self.now).token.split(separator: ".")
        let header = try JSONReader.read(#require(Base64URL.decode(parts[0].utf8)))
        #expect(
            header
                == .object([
                    "typ": .string("at+jwt"), "alg": .string(algorithm.rawValue),
                    "kid": .string(ring.snapshot.current.id),
                ]))
        guard case .object(let claims) = try JSONReader.read(#require(Base64URL.decode(parts[1].utf8))) else {
            Issue.record("no object")
            return
        }
        #expect(
            Set(claims.keys) == ["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time", "amr"])
        #expect(claims["aud"] == .string("api"))
    }

    @Test func `no access token outlives its session`() async throws {
        let (issuer, _) = try await issuer(.es256)
        #expect(try issuer.issue(for: session(expiresIn: 100), at: Self.now).expiresInSeconds == 100)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `the key set holds nothing private`(algorithm: SigningAlgorithm) async throws {
        let set = try JSONReader.read(try await issuer(algorithm).ring.snapshot.jwks)
        guard case .array(let keys)? = set["keys"] else {
            Issue.record("no keys")
            return
        }
        #expect(keys.count == 2)
        for case .object(let key) in keys {
            #expect(Set(key.keys).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "priv", "seed", "k"]))
            #expect(key["use"] == .string("sig") && key["alg"] == .string(algorithm.rawValue))
        }
    }

    @Test func `a sealed key opens under its own master key only`() throws {
        let record = try KeySealer(TestService.masterKeys(1)).generate(.es256, at: Self.now)
        #expect(throws: KeyFailure.self) { try KeySealer(TestService.masterKeys(2)).open(record) }
        let changed = KeySealer(TestService.masterKeys(2, 1))
        #expect(try changed.open(record).id == record.id)
        let resealed = try #require(try changed.reseal(record))
        #expect(try KeySealer(TestService.masterKeys(2)).open(resealed).id == record.id)
        #expect(try changed.reseal(resealed) == nil)
        var renamed = SigningKeyRecord(
            id: "other", algorithm: record.algorithm, state: .next, sealedPrivateKey: record.sealedPrivateKey,
            createdAt: Self.now)
        #expect(throws: KeyFailure.self) { try changed.open(renamed) }
        renamed.sealedPrivateKey = []
        #expect(throws: KeyFailure.self) { try changed.open(renamed) }
    }
}
