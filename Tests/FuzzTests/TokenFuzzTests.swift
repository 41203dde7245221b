import Crypto
import Foundation
import StrictCoding
import Testing
import TokenCore
import TokenTesting
import TokenVerifier

struct TokenFuzzTests {
    let key: Curve25519.Signing.PrivateKey
    let gate = TokenGate(issuer: "https://id.example", audience: ["api"], leeway: 10)
    let keys: VerificationKeys

    static let header = #"{"typ":"at+jwt","alg":"EdDSA","kid":"k1"}"#
    static let claims = #"""
        {"iss":"https://id.example","sub":"ada","aud":"api","client_id":"web","iat":1800000000,"exp":1800000600,\#
        "jti":"1","sid":"2"}
        """#

    init() async throws {
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
        let x = Base64URL.encode(key.publicKey.rawRepresentation)
        let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","alg":"EdDSA","kid":"k1"}"#
        keys = try await VerificationKeys(jwks: Array(#"{"keys":[\#(jwk)]}"#.utf8))
    }

    private func sign(_ header: some Sequence<UInt8>, _ claims: some Sequence<UInt8>) throws -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)))
    }

    /// Ed25519 signatures have one spelling (RFC 8032 §5.1.7), and so does the base64url of each part.
    @Test func `no change of a token is accepted`() throws {
        let token = try sign(Self.header.utf8, Self.claims.utf8)
        for input in Fuzzer(corpus: [Array(token.utf8)]) {
            let text = String(decoding: input, as: UTF8.self)
            guard (try? gate.authenticate(text, keys: keys)) != nil else { continue }
            #expect(text.isExactly(token), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a signed header is accepted only as documented`() throws {
        for input in try Fuzzer("jwt-header") {
            guard (try? gate.authenticate(sign(input, Self.claims.utf8), keys: keys)) != nil else { continue }
            let header = try JSONReader.read(input)
            let isDocumented =
                header["typ"]?.ascii?.lowercased() == "at+jwt" && header["alg"] == .string("EdDSA")
                && header["kid"] == .string("k1") && header["crit"] == nil
            #expect(isDocumented, "\(Fuzzer.escape(input))")
        }
    }

    @Test(arguments: [0, 1_800_000_000, 1 << 52, Int.max, Int.min])
    func `accepted claims are within their bounds`(now: Int) throws {
        let times = 0..<1 << 52
        let revocations = RevocationList(leeway: 10)
        let page =
            #"{"revocations":[{"kind":"subject","id":"ada","before":1,"until":\#(Int.max)}],"#
            + #""next":1,"reset":false}"#
        #expect(revocations.apply(try JSONReader.read(Array(page.utf8)), at: 0) == 1)
        for input in try Fuzzer("jwt-claims") {
            guard let token = try? gate.authenticate(sign(Self.header.utf8, input), keys: keys) else { continue }
            let isWithin =
                token.issuer.isExactly("https://id.example") && token.audience.contains { $0.isExactly("api") }
                && times.contains(token.issuedAt) && times.contains(token.expiresAt)
                && token.authenticatedAt.map(times.contains) != false
                && token.scope.allSatisfy { $0.utf8.allSatisfy { (0x21..<0x80).contains($0) } }
            #expect(isWithin, "\(Fuzzer.escape(input))")
            let isExpired = (try? gate.checkTime(of: token, at: now)) == nil
            #expect(isExpired == (now >= token.expiresAt + 10), "\(Fuzzer.escape(input))")
            _ = revocations.refusal(of: token)
        }
    }

    @Test func `the keys of any set verify or refuse`() async throws {
        let token = try sign(Self.header.utf8, Self.claims.utf8)
        for input in try Fuzzer("jwks") {
            guard let set = try? await VerificationKeys(jwks: input) else { continue }
            guard case .array(let members)? = try JSONReader.read(input)["keys"] else {
                Issue.record("a key set without keys is accepted: \(Fuzzer.escape(input))")
                continue
            }
            #expect(set.count <= members.count, "\(Fuzzer.escape(input))")
            // None of the sets has the key that signed the token.
            #expect(throws: TokenRefusal.self, "\(Fuzzer.escape(input))") {
                try gate.authenticate(token, keys: set)
            }
        }
    }

    /// The MAC is right for no input: nobody has the key.
    @Test func `no refresh token is accepted without its MAC`() throws {
        let tokens = TestService(store: MemoryStore())
        let authentic = tokens.unknownToken().plaintext
        for input in [try Fuzzer("refresh-token"), Fuzzer(corpus: [Array(authentic.utf8)])].joined() {
            let text = String(decoding: input, as: UTF8.self)
            guard RefreshToken(parsing: text, keys: tokens.rules.rotation.keys) != nil else { continue }
            #expect(text.isExactly(authentic), "\(Fuzzer.escape(input))")
        }
    }
}
