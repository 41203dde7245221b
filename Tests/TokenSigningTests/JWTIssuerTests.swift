import Crypto
import Foundation
import JWTKit
import StrictCoding
import Testing
import TokenCore
import TokenSigning
import TokenTesting
import TokenVerifier

/// JWT access tokens, read byte by byte, by jwt-kit and by ``TokenVerifier/TokenGate``.
struct JWTIssuerTests {
    static let now = Timestamp(milliseconds: 1_800_000_000_987)

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

    /// A token, with the session and the keys that it was issued with.
    struct Issued {
        let token: IssuedToken
        let ring: KeyRing
        let whole: Session

        var session: SessionRecord { whole.record }

        /// Header, payload and signature, decoded.
        var parts: [[UInt8]] {
            get throws { try token.token.split(separator: ".").map { try #require(Base64URL.decode($0.utf8)) } }
        }

        var claims: JSONObject {
            get throws {
                guard case .object(let claims) = try JSONReader.read(parts[1]) else {
                    Issue.record("the payload is not an object")
                    return [:]
                }
                return claims
            }
        }
    }

    private func issue(
        _ algorithm: SigningAlgorithm, audience: [String] = ["api"], scope: String = "read write",
        expiresAt: Timestamp = now + 7_776_000, narrowed: Scope? = nil,
        claims: (subject: String, session: String)? = nil,
        issuedFrom: Timestamp? = nil
    ) async throws -> Issued {
        let sealer = KeySealer(TestService.masterKeys())
        let service = TestService(store: MemoryStore())
        let keys = [try sealer.generate(algorithm, at: Self.now), try sealer.generate(algorithm, at: Self.now)]
        try await service.submit(RotateSigningKeys(.fill, candidates: keys, retentionSeconds: 600))
        let ring = try await KeyRing(store: service.store, sealer: sealer)
        let issuer = JWTIssuer(
            ring: ring, issuer: "https://id.example", audience: audience, lifetimeSeconds: 600,
            entropy: service.entropy)
        let record = SessionRecord(
            id: SessionID(UUIDv7(at: Self.now, random: service.entropy.bytes())), subject: SubjectID("ada \"\u{E9}\""),
            client: ClientID("mobile"), scope: try #require(Scope(scope)),
            device: Device(name: "phone", address: "192.0.2.1", userAgent: "curl"),
            authenticationMethods: ["pwd", "otp"], authenticatedAt: Timestamp(milliseconds: 1_799_999_000_999),
            createdAt: Self.now, expiresAt: expiresAt, epoch: Timestamp(milliseconds: 0),
            claims: claims.flatMap { TokenCore.Claims(stored: $0.session) })
        let subject = SubjectRecord(
            id: record.subject, createdAt: Self.now, claims: claims.flatMap { TokenCore.Claims(stored: $0.subject) },
            issuedFrom: issuedFrom)
        let token = RefreshTokenRecord(
            generation: .first, hash: try #require(TokenHash(bytes: [UInt8](repeating: 0, count: 32))), nonce: nil,
            rotatedAt: Self.now)
        let session = Session(record: record, token: token, subject: Session.Subject(subject), client: nil)
        return Issued(
            token: try issuer.issue(
                for: session, boundBy: TokenBinding(of: session, requestKey: nil), scope: narrowed, at: Self.now),
            ring: ring, whole: session)
    }

    private func publishedKeys(_ ring: KeyRing) throws -> [JSON] {
        guard case .array(let keys)? = try JSONReader.read(ring.snapshot.jwks)["keys"] else {
            Issue.record("the key set has no array of keys")
            return []
        }
        return keys
    }

    // MARK: Content

    @Test(arguments: SigningAlgorithm.allCases)
    func `a token has exactly the documented header and claims`(algorithm: SigningAlgorithm) async throws {
        let issued = try await issue(algorithm, audience: ["api", "files"])
        #expect(
            String(decoding: try issued.parts[0], as: UTF8.self)
                == #"{"typ":"at+jwt","alg":"\#(algorithm.rawValue)","kid":"\#(issued.ring.snapshot.current.id.value)"}"#
        )
        let claims = try issued.claims
        let id = claims["jti"]?.string
        #expect(id.flatMap { Base64URL.decode($0.utf8) }?.count == 16)
        #expect(
            claims.filter { $0.name != "jti" } == [
                "iss": .string("https://id.example"), "sub": .string("ada \"\u{E9}\""),
                "aud": .array([.string("api"), .string("files")]), "client_id": .string("mobile"),
                "iat": .integer(1_800_000_000), "exp": .integer(1_800_000_600),
                "sid": .string(issued.session.id.description), "scope": .string("read write"),
                "auth_time": .integer(1_799_999_000), "amr": .array([.string("pwd"), .string("otp")]),
            ])
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `one audience is a string and an empty scope is left out`(algorithm: SigningAlgorithm) async throws {
        let claims = try await issue(algorithm, scope: "").claims
        #expect(
            Set(claims.map(\.name)) == [
                "iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time", "amr",
            ])
        #expect(claims["aud"] == .string("api"))
    }

    @Test func `a narrowed token does not have the whole scope of its session`() async throws {
        let issued = try await issue(.es256, narrowed: Scope("read"))
        #expect(try issued.claims["scope"] == .string("read"))
        #expect(issued.token.scope == Scope("read"))
        #expect(try await issue(.es256, narrowed: Scope.none).claims["scope"] == nil)
    }

    @Test(arguments: [
        (Int64(600_000), 600), (599_999, 599), (100_000, 100), (10_013, 10), (13, 0), (0, 0), (-5000, 0),
    ])
    func `a token expires no later than its session, to the second`(milliseconds: Int64, lifetime: Int) async throws {
        let end = Timestamp(milliseconds: Self.now.milliseconds / 1000 * 1000 + milliseconds)
        let issued = try await issue(.es256, expiresAt: end)
        #expect(issued.token.expiresInSeconds == lifetime)
        let expiry = try #require(try issued.claims["exp"]?.integer)
        #expect(Int64(expiry) * 1000 <= end.milliseconds)
    }

    @Test func `claims stand at the top level, and the subject's win`() async throws {
        let issued = try await issue(
            .es256, claims: (#"{"role":"user","a":null}"#, #"{"tenant":{"id":[1,2.5]},"role":"admin"}"#))
        let plain = Set(try await issue(.es256).claims.map(\.name))
        let added = try issued.claims.filter { !plain.contains($0.name) }
        #expect(
            added == [
                "role": .string("user"), "a": .null, "tenant": .object(["id": .array([.integer(1), .number(2.5)])]),
            ])
        // The library for APIs gives access to them, and to no others.
        let keys = try await VerificationKeys(jwks: issued.ring.snapshot.jwks)
        let gate = TokenGate(issuer: "https://id.example", audience: ["api"])
        let read = try gate.verify(issued.token.token, keys: keys, at: Self.now.seconds).claims
        #expect(read.names == ["role", "a", "tenant"])
        #expect(read["role"]?.string == "user" && read["a"]?.isNull == true && read["sub"] == nil)
        #expect(read["tenant"]?["id"]?.elements?.map(\.number) == [1, 2.5] && read["tenant"]?.names == ["id"])
    }

    @Test func `the longest claims fit into a token that verifiers accept`() async throws {
        let long = String(repeating: "x", count: 2038)
        let claims = (#"{"role":"\#(long)"}"#, #"{"team":"\#(long)"}"#)
        let scope = String(repeating: "s", count: Scope.maximumLength)
        let issued = try await issue(.mldsa65, scope: scope, claims: claims)
        let keys = try await VerificationKeys(jwks: issued.ring.snapshot.jwks)
        let gate = TokenGate(issuer: "https://id.example", audience: ["api"])
        let read = try gate.verify(issued.token.token, keys: keys, at: Self.now.seconds)
        #expect(read.claims["team"]?.string == long)
    }

    @Test func `no token has an iat before the change of its subject's claims, and its lifetime stays`() async throws {
        let issued = try await issue(.es256, issuedFrom: Timestamp(seconds: Self.now.seconds + 1))
        #expect(try issued.claims["iat"] == .integer(Self.now.seconds + 1))
        #expect(try issued.claims["exp"] == .integer(Self.now.seconds + 600) && issued.token.expiresInSeconds == 600)
        let earlier = try await issue(.es256, issuedFrom: Timestamp(seconds: Self.now.seconds - 9))
        #expect(try earlier.claims["iat"] == .integer(Self.now.seconds))
    }

    @Test func `ids of tokens differ, and the description of a token is redacted`() async throws {
        let issued = try await issue(.es256)
        #expect("\(issued.token)" == "IssuedToken(redacted)")
        let issuer = JWTIssuer(ring: issued.ring, issuer: "i", audience: ["a"], lifetimeSeconds: 600)
        let ids = try (0..<100).map { _ in
            let token = try issuer.issue(
                for: issued.whole, boundBy: TokenBinding(of: issued.whole, requestKey: nil), at: Self.now)
            return try Issued(token: token, ring: issued.ring, whole: issued.whole).claims["jti"]?.string
        }
        #expect(Set(ids).count == 100)
    }

    // MARK: Verification

    @Test(arguments: [SigningAlgorithm.es256, .eddsa, .rs256])
    func `jwt-kit accepts our tokens with our key set`(algorithm: SigningAlgorithm) async throws {
        let issued = try await issue(algorithm)
        let keys = JWTKeyCollection()
        try await keys.add(jwksJSON: String(decoding: issued.ring.snapshot.jwks, as: UTF8.self))
        let claims = try await keys.verify(issued.token.token, as: Claims.self)
        #expect(claims.iss == "https://id.example" && claims.sub == "ada \"\u{E9}\"" && claims.aud.value == ["api"])
        #expect(claims.iat == 1_800_000_000 && claims.exp == 1_800_000_600 && issued.token.expiresInSeconds == 600)
        #expect(claims.sid == issued.session.id.description && claims.scope == "read write")
        #expect(claims.client_id == "mobile" && claims.auth_time == 1_799_999_000 && claims.amr == ["pwd", "otp"])
    }

    @Test func `jwt-kit accepts a post-quantum token with the published key`() async throws {
        let issued = try await issue(.mldsa65)
        let id = issued.ring.snapshot.current.id.value
        let key = try #require(publishedKeys(issued.ring).first { $0["kid"]?.string == id })
        #expect(key["kty"] == .string("AKP") && key["alg"] == .string("ML-DSA-65"))
        let published = try #require(key["pub"]?.string.flatMap { Base64URL.decode($0.utf8) })
        let collection = JWTKeyCollection()
        await collection.add(
            mldsa: MLDSA65PublicKey(backing: try MLDSA65.PublicKey(rawRepresentation: published)),
            kid: JWKIdentifier(string: id))
        let claims = try await collection.verify(issued.token.token, as: Claims.self)
        #expect(claims.sid == issued.session.id.description)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `TokenGate accepts our tokens`(algorithm: SigningAlgorithm) async throws {
        let issued = try await issue(algorithm, audience: ["api", "other"])
        let token = issued.token.token
        let keys = try await VerificationKeys(jwks: issued.ring.snapshot.jwks)
        let gate = TokenGate(issuer: "https://id.example", audience: ["other"])
        let read = try gate.verify(token, keys: keys, at: Self.now.seconds)
        #expect(read.sessionID == issued.session.id.description && read.scope == ["read", "write"])
        #expect(throws: TokenRefusal.expired) { try gate.verify(token, keys: keys, at: Self.now.seconds + 600) }
        let otherKeys = try await VerificationKeys(jwks: issue(algorithm).ring.snapshot.jwks)
        #expect(throws: TokenRefusal.unknownKey) { try gate.verify(token, keys: otherKeys, at: Self.now.seconds) }
    }

    @Test func `signatures have the length of their algorithm`() async throws {
        for (algorithm, length) in [(SigningAlgorithm.es256, 64), (.eddsa, 64), (.rs256, 256), (.mldsa65, 3309)] {
            #expect(try await issue(algorithm).parts[2].count == length)
        }
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `the key set holds public members only`(algorithm: SigningAlgorithm) async throws {
        let keys = try publishedKeys(await issue(algorithm).ring)
        #expect(keys.count == 2)
        for key in keys {
            guard case .object(let members) = key else {
                Issue.record("a key is not an object")
                continue
            }
            #expect(Set(members.map(\.name)).isDisjoint(with: ["d", "p", "q", "dp", "dq", "qi", "priv", "seed", "k"]))
            #expect(members["use"] == .string("sig") && members["alg"] == .string(algorithm.rawValue))
        }
    }
}
