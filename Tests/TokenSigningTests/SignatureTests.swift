import Crypto
import Foundation
import JWTKit
import StrictCoding
import Testing
import TokenCore
import TokenSigning
import TokenTesting

/// What an issuer of one algorithm mints, word for word.
struct SignatureTests {
    static let now = Timestamp(milliseconds: 1_800_000_000_987)

    struct Minted {
        let token: MintedToken
        let ring: KeyRing
        let session: SessionRecord

        /// The three parts, decoded.
        var parts: [[UInt8]] {
            get throws { try token.token.split(separator: ".").map { try #require(Base64URL.decode($0.utf8)) } }
        }
    }

    private func mint(
        _ algorithm: SigningAlgorithm, audience: [String] = ["api"], scope: String = "read write",
        expiresAt: Timestamp = now + 7_776_000, narrowed: Scope? = nil
    ) async throws -> Minted {
        let sealer = KeySealer(TestService.masterKeys())
        let store = MemoryStore()
        let service = TestService(store: store)
        let key = try sealer.generate(algorithm, at: Self.now)
        _ = try await service.sessions.lane.submit(RotateSigningKeys(.fill, candidates: [key], retentionSeconds: 1))
        let ring = try await KeyRing(store: store, sealer: sealer)
        let issuer = JWTIssuer(
            ring: ring, issuer: "https://id.example", audience: audience, lifetimeSeconds: 600,
            entropy: service.entropy)
        let session = SessionRecord(
            id: SessionID(UUIDv7(at: Self.now, random: service.entropy.bytes())), subject: SubjectID("ada \"\u{E9}\""),
            client: ClientID("mobile"), scope: try #require(Scope(scope)),
            device: Device(name: "phone", address: "192.0.2.1", userAgent: "curl"),
            authenticationMethods: ["pwd", "otp"], authenticatedAt: Timestamp(milliseconds: 1_799_999_000_999),
            createdAt: Self.now, expiresAt: expiresAt, epoch: Timestamp(milliseconds: 0))
        return Minted(
            token: try issuer.issue(for: session, scope: narrowed, at: Self.now), ring: ring, session: session)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a token says what the contract has it say and no more`(algorithm: SigningAlgorithm) async throws {
        let minted = try await mint(algorithm, audience: ["api", "files"])
        let parts = try minted.parts
        #expect(
            String(decoding: parts[0], as: UTF8.self)
                == #"{"typ":"at+jwt","alg":"\#(algorithm.rawValue)","kid":"\#(minted.ring.snapshot.current.id)"}"#)
        guard case .object(var claims) = try JSONReader.read(parts[1]) else {
            Issue.record("no object")
            return
        }
        let id = claims.removeValue(forKey: "jti")?.string
        #expect(id.flatMap { Base64URL.decode($0.utf8) }?.count == 16)
        #expect(
            claims == [
                "iss": .string("https://id.example"), "sub": .string("ada \"\u{E9}\""),
                "aud": .array([.string("api"), .string("files")]), "client_id": .string("mobile"),
                "iat": .integer(1_800_000_000), "exp": .integer(1_800_000_600),
                "sid": .string(minted.session.id.description), "scope": .string("read write"),
                "auth_time": .integer(1_799_999_000), "amr": .array([.string("pwd"), .string("otp")]),
            ])
    }

    @Test func `a post-quantum token is believed by jwt-kit under the published key`() async throws {
        let minted = try await mint(.mldsa65)
        let set = try JSONReader.read(minted.ring.snapshot.jwks)
        guard case .array(let keys)? = set["keys"] else {
            Issue.record("no keys")
            return
        }
        #expect(keys[0]["kty"] == .string("AKP") && keys[0]["alg"] == .string("ML-DSA-65"))
        let published = try #require(keys[0]["pub"]?.string.flatMap { Base64URL.decode($0.utf8) })
        let collection = JWTKeyCollection()
        await collection.add(
            mldsa: MLDSA65PublicKey(backing: try MLDSA65.PublicKey(rawRepresentation: published)),
            kid: JWKIdentifier(string: minted.ring.snapshot.current.id))
        let claims = try await collection.verify(minted.token.token, as: JWTIssuerTests.Claims.self)
        #expect(claims.sid == minted.session.id.description)
    }

    @Test func `signatures have the length of their kind`() async throws {
        for (algorithm, length) in [(SigningAlgorithm.es256, 64), (.eddsa, 64), (.rs256, 256), (.mldsa65, 3309)] {
            #expect(try await mint(algorithm).parts[2].count == length)
        }
    }

    @Test func `a narrowed token does not carry the session's whole scope`() async throws {
        let minted = try await mint(.es256, narrowed: Scope("read"))
        #expect(try JSONReader.read(minted.parts[1])["scope"] == .string("read"))
        #expect(minted.token.scope == Scope("read"))
        #expect(try await JSONReader.read(mint(.es256, narrowed: Scope.none).parts[1])["scope"] == nil)
    }

    @Test(arguments: [(Int64(600_000), 600), (599_999, 599), (10_013, 10), (13, 0), (0, 0), (-5000, 0)])
    func `no token ends after its session, to the second`(milliseconds: Int64, lifetime: Int) async throws {
        let end = Timestamp(milliseconds: Self.now.milliseconds / 1000 * 1000 + milliseconds)
        let minted = try await mint(.es256, expiresAt: end)
        #expect(minted.token.expiresInSeconds == lifetime)
        let expiry = try #require(try JSONReader.read(minted.parts[1])["exp"]?.integer)
        #expect(Int64(expiry) * 1000 <= end.milliseconds)
    }

    @Test func `no two tokens have the same id, and no token is printed`() async throws {
        let minted = try await mint(.es256)
        #expect("\(minted.token)" == "MintedToken(redacted)")
        let issuer = JWTIssuer(ring: minted.ring, issuer: "i", audience: ["a"], lifetimeSeconds: 600)
        let ids = try (0..<100).map { _ in
            let token = try issuer.issue(for: minted.session, at: Self.now).token.split(separator: ".")
            return try JSONReader.read(#require(Base64URL.decode(token[1].utf8)))["jti"]?.string
        }
        #expect(Set(ids).count == 100)
    }
}
