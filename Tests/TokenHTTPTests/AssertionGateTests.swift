import Crypto
import Foundation
import StrictCoding
import Testing
import TokenCore
import TokenHTTP
import TokenVerifier

/// Hostile client assertions (RFC 7523 §3).
struct AssertionGateTests {
    let key = P256.Signing.PrivateKey()
    let gate = AssertionGate(issuer: "https://id.example/")
    static let now = 1_800_000_000
    static let header = #"{"alg":"ES256","kid":"k1"}"#
    static let claims =
        #"{"iss":"app","sub":"app","aud":"https://id.example/","iat":1800000000,"exp":1800000060,"jti":"1"}"#

    private static func jwk(_ key: P256.Signing.PublicKey, _ more: String = #","kid":"k1""#) -> String {
        let point = key.rawRepresentation
        let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
        return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)"\#(more)}"#
    }

    private func client(_ jwks: String? = nil) async throws -> ClientRecord {
        let keys = try await ClientKeys(text: Array((jwks ?? Self.jwk(key.publicKey)).utf8))
        return ClientRecord(id: ClientID("app"), jwks: keys.jwks, createdAt: Timestamp(seconds: 0))
    }

    private func sign(_ header: String, _ claims: String) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
    }

    /// Nil for an assertion that is accepted.
    private func refusal(
        _ text: String, of client: ClientRecord? = nil, at endpoint: String = "/oauth/token"
    ) async throws -> (any Error)? {
        let client = if let client { client } else { try await self.client() }
        do {
            _ = try await gate.read(text, of: client, at: endpoint, now: Timestamp(seconds: Self.now))
            return nil
        } catch { return error }
    }

    @Test func `a valid assertion is accepted, and remembered until no node accepts it`() async throws {
        let read = try await gate.read(
            try sign(Self.header, Self.claims), of: try await client(), at: "/oauth/token",
            now: Timestamp(seconds: Self.now))
        #expect(read == .assertion(of: ClientID("app"), named: "1", expiring: 1_800_000_060, forgottenAfter: 0))
        #expect(read.forgottenAt.seconds == 1_800_000_060 + 2 * AssertionGate.leeway)
        #expect(
            try await refusal(
                sign(Self.header, Self.claims), of: ClientRecord(id: ClientID("app"), createdAt: Timestamp(seconds: 0)))
                != nil)
    }

    @Test(arguments: [
        #"{"alg":"ES256"}"#, #"{"typ":"JWT","alg":"ES256","kid":"k1"}"#,
        #"{"typ":"client-authentication+jwt","alg":"ES256","kid":"k1"}"#,
    ])
    func `a header may be short`(header: String) async throws {
        #expect(try await refusal(sign(header, Self.claims)) == nil)
    }

    @Test(arguments: [
        (#"{"alg":"none","kid":"k1"}"#, TokenRefusal.wrongAlgorithm), (#"{"alg":"nOnE"}"#, .wrongAlgorithm),
        (#"{"alg":"HS256","kid":"k1"}"#, .wrongAlgorithm), (#"{"alg":"RS256","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"alg":"PS256"}"#, .unknownKey), (#"{"kid":"k1"}"#, .wrongAlgorithm),
        (#"{"alg":"ES256","kid":"../k1"}"#, .unknownKey), (#"{"alg":"ES256","kid":1}"#, .unknownKey),
        (#"{"alg":"ES256","kid":null}"#, .unknownKey),
        (#"{"alg":"ES256","kid":"k1","crit":["exp"]}"#, .criticalExtension),
        (#"{"alg":"ES256","kid":"k1","kid":"k1"}"#, .malformed), (#"["ES256"]"#, .malformed),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"secevent+jwt","alg":"ES256"}"#, .wrongType),
        (#"{"typ":1,"alg":"ES256","kid":"k1"}"#, .wrongType),
    ])
    func `a hostile header is refused`(header: String, expected: TokenRefusal) async throws {
        #expect(try await refusal(sign(header, Self.claims)) as? TokenRefusal == expected)
    }

    @Test(arguments: ["jwk", "jku", "x5u", "x5c"])
    func `an assertion cannot bring its key`(member: String) async throws {
        let other = try await client(Self.jwk(P256.Signing.PrivateKey().publicKey))
        let header = #"{"alg":"ES256","kid":"k1","\#(member)":\#(Self.jwk(key.publicKey))}"#
        #expect(try await refusal(sign(header, Self.claims), of: other) as? TokenRefusal == .badSignature)
    }

    @Test(arguments: [
        (#""iss":"app""#, #""iss":"other""#, AssertionRefusal.otherClient),
        (#""sub":"app""#, #""sub":"other""#, .otherClient), (#""iss":"app","#, "", .otherClient),
        (#""sub":"app","#, "", .otherClient), (#""sub":"app""#, #""sub":["app"]"#, .otherClient),
        (#""https://id.example/""#, #""https://id.example""#, .wrongAudience),
        (#""https://id.example/""#, #""https://id.example/oauth""#, .wrongAudience),
        (#""https://id.example/""#, #""https://id.example/oauth/revoke""#, .wrongAudience),
        (#""https://id.example/""#, #"["https://other.example"]"#, .wrongAudience),
        (#""https://id.example/""#, "[]", .wrongAudience), (#""https://id.example/""#, "1", .wrongAudience),
        (#""aud":"https://id.example/","#, "", .wrongAudience),
        (#","jti":"1""#, "", .noID), (#""jti":"1""#, #""jti":"""#, .noID), (#""jti":"1""#, #""jti":1"#, .noID),
        (#""exp":1800000060,"#, "", .badTime), ("1800000060", "\"1800000060\"", .badTime),
        ("1800000060", "-1", .badTime),
        ("1800000060", "1e300", .badTime), ("1800000060", "9223372036854775807", .badTime),
        ("1800000060", "null", .badTime),
        ("1800000060", "1799999940", .expired), ("1800000060", "0", .expired),
        ("1800000060", "1800003661", .livesTooLong), ("1800000060", "4000000000", .livesTooLong),
        ("\"iat\":1800000000", "\"iat\":1800000061", .notYet), ("\"iat\":1800000000", "\"nbf\":1800000061", .notYet),
        ("\"iat\":1800000000", "\"iat\":\"now\"", .badTime), ("\"iat\":1800000000", "\"nbf\":true", .badTime),
    ])
    func `hostile claims are refused`(old: String, new: String, expected: AssertionRefusal) async throws {
        let claims = Self.claims.replacingOccurrences(of: old, with: new)
        #expect(claims != Self.claims)
        #expect(try await refusal(sign(Self.header, claims)) as? AssertionRefusal == expected)
    }

    @Test(arguments: [
        (#""https://id.example/""#, #""https://id.example/oauth/token""#),
        (#""https://id.example/""#, #"["https://x.example","https://id.example/"]"#),
        ("1800000060", "1800000060.5"), ("1800000060", "1800003600"), ("1800000060", "1799999941"),
        (#""iat":1800000000,"#, ""),
    ])
    func `claims may be written in several ways`(old: String, new: String) async throws {
        let claims = Self.claims.replacingOccurrences(of: old, with: new)
        #expect(claims != Self.claims)
        #expect(try await refusal(sign(Self.header, claims)) == nil)
    }

    @Test func `an endpoint accepts its own URL as the audience, and no other endpoint's`() async throws {
        let claims = Self.claims.replacingOccurrences(of: "example/\"", with: "example/oauth/revoke\"")
        #expect(try await refusal(sign(Self.header, claims), at: "/oauth/revoke") == nil)
        #expect(
            try await refusal(sign(Self.header, claims), at: "/oauth/introspect") as? AssertionRefusal == .wrongAudience
        )
    }

    @Test func `without a key id there must be one key of the algorithm`() async throws {
        let two = #"{"keys":[\#(Self.jwk(key.publicKey)),\#(Self.jwk(P256.Signing.PrivateKey().publicKey, ""))]}"#
        let both = try await client(two)
        #expect(try await refusal(sign(#"{"alg":"ES256"}"#, Self.claims), of: both) as? TokenRefusal == .unknownKey)
        #expect(try await refusal(sign(Self.header, Self.claims), of: both) == nil)
    }

    @Test func `text that is not a compact JWS is refused`() async throws {
        let token = try sign(Self.header, Self.claims)
        for shape in [
            "", ".", "..", token + ".", token + ".x.y", String(repeating: ".", count: 1_000_000), " " + token,
        ] {
            #expect(try await refusal(shape) as? TokenRefusal == .malformed, "\(shape.prefix(40))")
        }
        #expect(try await refusal(String(token.dropLast(8)) + "AAAAAAAA") as? TokenRefusal == .badSignature)
        #expect(try await refusal(sign(Self.header, "[]")) as? TokenRefusal == .badClaims)
        #expect(
            try await refusal(sign(Self.header, Self.claims.dropLast() + #","iss":"app"}"#)) as? TokenRefusal
                == .badClaims)
    }
}
