import Crypto
import Foundation
import StrictCoding
import Testing
import TokenVerifier

/// Hostile access tokens.
struct TokenGateTests {
    let key = P256.Signing.PrivateKey()
    let gate = TokenGate(issuer: "https://id.example", audience: ["api"])
    let now = 1_800_000_000

    static let header = #"{"typ":"at+jwt","alg":"ES256","kid":"k1"}"#
    static let claims = #"""
        {"iss":"https://id.example","sub":"ada","aud":"api","client_id":"web","iat":1800000000,"exp":1800000600,\#
        "jti":"1","sid":"2"}
        """#

    private func keys() async throws -> VerificationKeys {
        let point = key.publicKey.rawRepresentation
        let jwks = """
            {"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"k1",
            "x":"\(Base64URL.encode(point.prefix(32)))","y":"\(Base64URL.encode(point.suffix(32)))"}]}
            """
        return try await VerificationKeys(jwks: Array(jwks.utf8))
    }

    private func sign(_ header: String, _ claims: String) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
    }

    private func refusal(of token: String) async throws -> TokenRefusal? {
        do {
            _ = try gate.verify(token, keys: try await keys(), at: now)
            return nil
        } catch let refusal as TokenRefusal { return refusal }
    }

    @Test func `a valid token is accepted`() async throws {
        #expect(try await refusal(of: sign(Self.header, Self.claims)) == nil)
    }

    @Test(arguments: [
        (#"{"typ":"at+jwt","alg":"none","kid":"k1"}"#, TokenRefusal.wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"None","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"nOnE","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"HS256","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"RS256","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"es256","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":["ES256"],"kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"JWT","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"at+jwt","alg":"ES256"}"#, .unknownKey),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"../../etc/passwd"}"#, .unknownKey),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1' OR '1'='1"}"#, .unknownKey),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1","crit":["exp"],"exp":1}"#, .criticalExtension),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1","crit":[]}"#, .criticalExtension),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1","kid":"k1"}"#, .malformed),
        (#"{"typ":"at+jwt","alg":"ES256","alg":"none","kid":"k1"}"#, .malformed),
        (#"["at+jwt"]"#, .malformed),
        (#"{"typ":"at+jwt\#u{301}","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"at\#u{FF0B}jwt","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"at+jwt","alg":"ES256\#u{338}","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"k1\#u{301}"}"#, .unknownKey),
        (#"{"typ":"at+jwt","alg":"ES256","kid":"\#u{212A}1"}"#, .unknownKey),
        (#"{"typ\#u{301}":"at+jwt","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"\#(String(repeating: "\u{301}\u{316}", count: 1000))","alg":"ES256","kid":"k1"}"#, .wrongType),
        (#"{"typ":"at+jwt","alg":"\#(String(repeating: "\u{301}\u{316}", count: 1000))","kid":"k1"}"#, .wrongAlgorithm),
        (#"{"typ":"at+jwt""#, .malformed),
    ])
    func `a hostile header is refused`(header: String, expected: TokenRefusal) async throws {
        #expect(try await refusal(of: sign(header, Self.claims)) == expected)
    }

    @Test(arguments: ["jwk", "jku", "x5u", "x5c"])
    func `a key in the header is not used`(member: String) async throws {
        let thief = P256.Signing.PrivateKey()
        let header = #"{"typ":"at+jwt","alg":"ES256","kid":"k1","\#(member)":"https://thief.example"}"#
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(Self.claims.utf8)
        let token = input + "." + Base64URL.encode(try thief.signature(for: Data(input.utf8)).rawRepresentation)
        #expect(try await refusal(of: token) == .badSignature)
    }

    @Test(arguments: [
        ("https://id.example", "https://id.example.thief", TokenRefusal.wrongIssuer),
        ("https://id.example", "https://id.exampl", .wrongIssuer), ("\"api\"", "\"apis\"", .wrongAudience),
        ("\"api\"", "[]", .wrongAudience), ("\"api\"", "[\"x\",1]", .badClaims), ("1800000600", "1800000000", .expired),
        ("1800000600", "-1", .badClaims), ("1800000600", "1e300", .badClaims),
        ("1800000600", "\"1800000600\"", .badClaims),
        ("1800000600", "9223372036854775807", .badClaims), ("1800000600", "1800000600.5", .badClaims),
        ("\"sub\":\"ada\",", "", .badClaims),
        ("\"jti\":\"1\",", "", .badClaims), ("\"sid\":\"2\"", "\"sid\":2", .badClaims),
        ("1800000000", "9223372036854775807", .badClaims), ("1800000000", "9223372036854775808", .badClaims),
        ("1800000000", "-9223372036854775808", .badClaims), ("1800000000", "4503599627370496", .badClaims),
        ("\"jti\"", "\"auth_time\":9223372036854775807,\"jti\"", .badClaims),
        ("\"jti\"", "\"auth_time\":-1,\"jti\"", .badClaims),
        ("\"jti\"", "\"scope\":\"a\u{2000}b\",\"jti\"", .badClaims),
        ("\"jti\"", "\"scope\":\"a\\u0000b\",\"jti\"", .badClaims),
        ("\"jti\"", "\"scope\":\"a\\\"b\",\"jti\"", .badClaims),
        ("\"jti\"", "\"scope\":\"a \u{301}b\",\"jti\"", .badClaims), ("\"exp\"", "\"exp\u{301}\"", .badClaims),
        ("\"sid\":\"2\"", "\"sid\":\"2\",\"sub\":\"eve\"", .badClaims), ("\"jti\"", "\"scope\":[],\"jti\"", .badClaims),
    ])
    func `hostile claims are refused`(old: String, new: String, expected: TokenRefusal) async throws {
        let claims = Self.claims.replacingOccurrences(of: old, with: new)
        #expect(claims != Self.claims)
        #expect(try await refusal(of: sign(Self.header, claims)) == expected)
    }

    /// U+212B, the Ångström sign, is canonically equivalent to U+00C5.
    @Test func `issuer, audience and subject are compared as bytes`() async throws {
        let gate = TokenGate(issuer: "https://\u{C5}.example", audience: ["\u{C5}"])
        func refusal(_ issuer: String, _ audience: String, _ members: String) async throws -> TokenRefusal? {
            let claims = #"""
                {"iss":"https://\#(issuer).example","aud":"\#(audience)",\#(members),"iat":1800000000,\#
                "exp":1800000600,"jti":"1"}
                """#
            do {
                _ = try gate.verify(try sign(Self.header, claims), keys: try await keys(), at: now)
                return nil
            } catch let refusal as TokenRefusal { return refusal }
        }
        let session = #""sub":"ada","client_id":"web","sid":"2""#
        #expect(try await refusal("\u{C5}", "\u{C5}", session) == nil)
        #expect(try await refusal("\u{212B}", "\u{C5}", session) == .wrongIssuer)
        #expect(try await refusal("\u{C5}", "\u{212B}", session) == .wrongAudience)
        let own = "\"sub\":\"client:\u{C5}\",\"client_id\":"
        #expect(try await refusal("\u{C5}", "\u{C5}", own + "\"\u{C5}\"") == nil)
        #expect(try await refusal("\u{C5}", "\u{C5}", own + "\"\u{212B}\"") == .badClaims)
    }

    @Test func `an invalid signature is refused`() async throws {
        let token = try sign(Self.header, Self.claims)
        let input = token.split(separator: ".").dropLast().joined(separator: ".")
        let zero = [UInt8](repeating: 0, count: 32)
        let order = Array(Data(base64Encoded: "/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVE=") ?? Data())
        for signature in [
            zero + zero, order + order, [], [0], zero, zero + zero + [0], [UInt8](repeating: 0xFF, count: 64),
        ] {
            #expect(try await refusal(of: input + "." + Base64URL.encode(signature)) != nil)
        }
        #expect(try await refusal(of: token.dropLast() + (token.last == "A" ? "B" : "A")) != nil)
    }

    @Test func `text that is not a compact JWS is refused`() async throws {
        let token = try sign(Self.header, Self.claims)
        let shapes = [
            "", ".", "..", "...", token + ".", "." + token, token + ".x.y", token + "=", " " + token, token + "\n",
            token.replacingOccurrences(of: ".", with: ","), String(repeating: ".", count: 1_000_000),
            String(repeating: "a", count: 1_000_000), "hr1_" + token,
        ]
        for shape in shapes { #expect(try await refusal(of: shape) == .malformed, "\(shape.prefix(40))") }
        let deep = String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000)
        #expect(try await refusal(of: sign(Self.header, deep)) == .badClaims)
        #expect(try await refusal(of: sign(deep, Self.claims)) != nil)
    }
}
