import Crypto
import CryptoExtras
import Foundation
import StrictCoding
import Testing
import TokenVerifier

/// Hostile and faulty key sets, and tokens that exploit them.
struct VerificationKeysTests {
    let key = P256.Signing.PrivateKey()
    let gate = TokenGate(issuer: "https://id.example", audience: ["api"])
    let now = 1_800_000_000

    private var coordinates: (x: String, y: String) {
        let point = key.publicKey.rawRepresentation
        return (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
    }

    private func jwk(_ members: String = #""alg":"ES256","use":"sig","kid":"k1""#) -> String {
        #"{"kty":"EC","crv":"P-256","x":"\#(coordinates.x)","y":"\#(coordinates.y)",\#(members)}"#
    }

    private func keys(_ jwks: String...) async throws -> VerificationKeys {
        try await VerificationKeys(jwks: Array(#"{"keys":[\#(jwks.joined(separator: ","))]}"#.utf8))
    }

    private func token(
        kid: String = "k1", algorithm: String = "ES256", extra: String = "", sign: (Data) throws -> Data
    ) rethrows -> String {
        let header = #"{"typ":"at+jwt","alg":"\#(algorithm)","kid":"\#(kid)"\#(extra)}"#
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(TokenGateTests.claims.utf8)
        return try input + "." + Base64URL.encode(sign(Data(input.utf8)))
    }

    private func refusal(_ token: String, _ keys: VerificationKeys) -> TokenRefusal? {
        do {
            _ = try gate.verify(token, keys: keys, at: now)
            return nil
        } catch { return error }
    }

    private func signed(kid: String = "k1", extra: String = "") throws -> String {
        try token(kid: kid, extra: extra) { try key.signature(for: $0).rawRepresentation }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[}"#, "null",
    ])
    func `text that is not a key set is refused`(text: String) async {
        await #expect(throws: VerificationKeys.Malformed.self) { try await VerificationKeys(jwks: Array(text.utf8)) }
    }

    @Test(arguments: [
        #""alg":"ES256","use":"enc","kid":"k1""#, #""alg":"ES256","use":"sig""#, #""use":"sig","kid":"k1""#,
        #""alg":"ES384","use":"sig","kid":"k1""#, #""alg":"HS256","use":"sig","kid":"k1""#,
        #""alg":"none","use":"sig","kid":"k1""#, #""alg":"RS256","use":"sig","kid":"k1""#,
        #""alg":"EdDSA","use":"sig","kid":"k1""#, #""alg":"ES256","use":"sig","kid":1"#,
    ])
    func `a key that cannot verify signatures is ignored`(members: String) async throws {
        #expect(refusal(try signed(), try await keys(jwk(members))) == .unknownKey)
    }

    @Test func `a faulty key does not affect a valid one`() async throws {
        let bad = [
            #"{"kty":"oct","k":"AAAA","alg":"HS256","kid":"k1"}"#, "{}", "1", "null", #""k1""#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","alg":"ES256","kid":"k1"}"#,
            #"{"kty":"EC","crv":"P-256","x":"\#(coordinates.y)","y":"\#(coordinates.y)","alg":"ES256","kid":"k1"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AA","alg":"EdDSA","kid":"k1"}"#,
            #"{"kty":"AKP","pub":"AA","alg":"ML-DSA-65","kid":"k1"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB","alg":"RS256","kid":"k1"}"#,
        ].joined(separator: ",")
        #expect(refusal(try signed(), try await keys(bad, jwk())) == nil)
        #expect(refusal(try signed(), try await keys(bad)) == .unknownKey)
    }

    @Test func `of two keys with the same id the first counts`() async throws {
        let other = P256.Signing.PrivateKey().publicKey.rawRepresentation
        let second =
            #"{"kty":"EC","crv":"P-256","x":"\#(Base64URL.encode(other.prefix(32)))","#
            + #""y":"\#(Base64URL.encode(other.suffix(32)))","alg":"ES256","kid":"k1"}"#
        #expect(refusal(try signed(), try await keys(jwk(), second)) == nil)
        #expect(refusal(try signed(), try await keys(second, jwk())) == .badSignature)
    }

    @Test func `key ids are compared byte by byte`() async throws {
        let set = try await keys(jwk(#""alg":"ES256","kid":"K1""#))
        #expect(refusal(try signed(kid: "K1"), set) == nil)
        #expect(refusal(try signed(kid: "\u{212A}1"), set) == .unknownKey)
        #expect(refusal(try signed(kid: "k1"), set) == .unknownKey)
        #expect(refusal(try signed(kid: "K1\\u0000"), set) == .unknownKey)
    }

    @Test func `an unknown key id never selects another key`() async throws {
        #expect(refusal(try signed(kid: "k2"), try await keys(jwk())) == .unknownKey)
        #expect(refusal(try signed(kid: ""), try await keys(jwk())) == .unknownKey)
        #expect(refusal(try signed(), try await keys()) == .unknownKey)
    }

    /// Uses each encoding of the public key as the secret of an HMAC (RFC 8725 §2.1).
    @Test func `a public key is not accepted as a secret`() async throws {
        let forms = [
            Data(key.publicKey.pemRepresentation.utf8), key.publicKey.derRepresentation,
            key.publicKey.rawRepresentation, key.publicKey.x963Representation, Data(jwk().utf8), Data(),
        ]
        let set = try await keys(jwk())
        for form in forms {
            for algorithm in ["HS256", "ES256"] {
                let forged = token(algorithm: algorithm) {
                    Data(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: form)))
                }
                #expect(refusal(forged, set) == (algorithm == "HS256" ? .wrongAlgorithm : .badSignature))
            }
        }
    }

    @Test func `a key in the token is not used`() async throws {
        let thief = P256.Signing.PrivateKey()
        let point = thief.publicKey.rawRepresentation
        let brought =
            #","jwk":{"kty":"EC","crv":"P-256","x":"\#(Base64URL.encode(point.prefix(32)))","#
            + #""y":"\#(Base64URL.encode(point.suffix(32)))"}"#
        let forged = try token(extra: brought) { try thief.signature(for: $0).rawRepresentation }
        #expect(refusal(forged, try await keys(jwk())) == .badSignature)
        #expect(refusal(forged, try await keys()) == .unknownKey)
    }

    @Test func `RSA keys of less than 2048 bits are ignored`() async throws {
        let weak = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
        let numbers = try weak.publicKey.getKeyPrimitives()
        let jwk =
            #"{"kty":"RSA","n":"\#(Base64URL.encode(numbers.modulus))","#
            + #""e":"\#(Base64URL.encode(numbers.publicExponent))","alg":"RS256","kid":"k1"}"#
        let forged = try token(algorithm: "RS256") { input in
            try weak.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation
        }
        #expect(refusal(forged, try await keys(jwk)) == .unknownKey)
    }

    /// JWS uses the raw form of ECDSA signatures (RFC 7518 §3.4).
    @Test func `a DER signature is refused`() async throws {
        let der = try token { try key.signature(for: $0).derRepresentation }
        #expect(refusal(der, try await keys(jwk())) == .badSignature)
    }

    @Test func `a change of any character is detected`() async throws {
        let set = try await keys(jwk())
        let text = Array(try signed().utf8)
        for index in text.indices {
            var tampered = text
            tampered[index] = text[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(refusal(String(decoding: tampered, as: UTF8.self), set) != nil, "character \(index)")
        }
    }

    @Test func `the leeway extends the expiry`() async throws {
        let set = try await keys(jwk())
        let lenient = TokenGate(issuer: "https://id.example", audience: ["api"], leeway: 30)
        let token = try signed()
        #expect(try lenient.verify(token, keys: set, at: now + 629).expiresAt == now + 600)
        #expect(throws: TokenRefusal.expired) { try lenient.verify(token, keys: set, at: now + 630) }
        #expect(throws: TokenRefusal.expired) { try gate.verify(token, keys: set, at: now + 600) }
        // An `iat` in the future only shows that clocks differ.
        #expect(try gate.verify(token, keys: set, at: now - 3600).issuedAt == now)
        // A logout may use an expired token.
        #expect(try gate.authenticate(token, keys: set).sessionID == "2")
    }
}
