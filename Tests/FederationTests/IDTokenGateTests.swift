import Crypto
import Federation
import Foundation
import StrictCoding
import Testing
import TokenCore
import TokenVerifier

/// Each check of an ID token fails alone. The names in the comments are those of the OpenID Foundation's tests.
struct IDTokenGateTests {
    let op = TestProvider()

    static let claims = #"""
        {"iss":"https://op.example","sub":"ada","aud":"heirloom","iat":1800000000,"exp":1800000600,"nonce":"n-1"}
        """#

    private func refusal(
        _ token: String, keys: VerificationKeys? = nil, accessToken: String? = "access",
        maxAge: (seconds: Int, sentAt: Int)? = nil, published: [String]? = nil, at now: Int = TestProvider.now
    ) async throws -> FederationRefusal? {
        let known = if let keys { keys } else { try await op.keys() }
        do {
            _ = try IDTokenGate(op.provider, published: published).verify(
                token, keys: known,
                expecting: IDTokenGate.Expectation(
                    nonce: "n-1", clients: ["heirloom"], accessToken: accessToken, maxAge: maxAge),
                at: now)
            return nil
        } catch { return error }
    }

    @Test func `a valid token names the person`() async throws {
        let gate = IDTokenGate(op.provider)
        let token = try op.sign(
            Self.claims.changing(#""sub""#, to: #""sid":"s-1","auth_time":1799999990.5,"sub""#))
        let read = try gate.verify(
            token, keys: try await op.keys(),
            expecting: IDTokenGate.Expectation(nonce: "n-1", clients: ["heirloom"], maxAge: (60, TestProvider.now)),
            at: TestProvider.now)
        #expect(read.identity.issuer == "https://op.example")
        #expect(read.identity.providerSubject == "ada")
        #expect(read.sessionID == "s-1")
        #expect(read.authenticatedAt == 1_799_999_990)
        #expect(read.issuedAt == 1_800_000_000)
    }

    static let accepted: [(String, String)] = [
        (#""aud":"heirloom""#, #""aud":["heirloom"]"#),
        (#""aud":"heirloom""#, #""aud":["heirloom"],"azp":"heirloom""#),
        (#""aud":"heirloom""#, #""aud":["heirloom","other"],"azp":"heirloom""#),
        (#""sub""#, #""sid":null,"sub""#), (#""sub""#, #""auth_time":0,"sub""#),
        (#""sub""#, #""unknown":{"a":[1]},"sub""#), (#""sub""#, #""nbf":1800000060,"sub""#),
        ("1800000000", "1800000060"), ("1800000000", "1799999400"), ("1800000000", "1800000000.5"),
        ("1800000600", "1799999941"), (#""ada""#, #""\#(String(repeating: "a", count: 255))""#),
        (#""ada""#, #""a b~""#),
    ]

    @Test(arguments: accepted)
    func `what providers differ in is accepted`(old: String, new: String) async throws {
        #expect(try await refusal(op.sign(Self.claims.changing(old, to: new))) == nil)
    }

    /// The member as a whole, and what replaces it.
    static let hostile: [(String, String, FederationRefusal)] = [
        // invalid-iss, missing-iss
        (#""iss":"https://op.example","#, "", .tokenIssuerWrong),
        (#""https://op.example""#, #""https://op.example/""#, .tokenIssuerWrong),
        (#""https://op.example""#, #""https://op.exampl""#, .tokenIssuerWrong),
        (#""https://op.example""#, #""HTTPS://op.example""#, .tokenIssuerWrong),
        (#""https://op.example""#, #""https://op.example\u0301""#, .tokenIssuerWrong),
        (#""https://op.example""#, #""""#, .tokenIssuerWrong), (#""https://op.example""#, "7", .tokenIssuerWrong),
        (#""https://op.example""#, #"["https://op.example"]"#, .tokenIssuerWrong),
        (#""https://op.example""#, "null", .tokenIssuerWrong),
        // missing-sub
        (#""sub":"ada","#, "", .tokenSubjectWrong), (#""ada""#, #""""#, .tokenSubjectWrong),
        (#""ada""#, "7", .tokenSubjectWrong), (#""ada""#, "null", .tokenSubjectWrong),
        (#""ada""#, #"["ada"]"#, .tokenSubjectWrong), (#""ada""#, #""\u00e4da""#, .tokenSubjectWrong),
        (#""ada""#, #""ada\u0000""#, .tokenSubjectWrong), (#""ada""#, #""a\nda""#, .tokenSubjectWrong),
        (#""ada""#, #""\#(String(repeating: "a", count: 256))""#, .tokenSubjectWrong),
        (#""sub":"ada""#, #""sub":"ada","sub":"mallory""#, .tokenMalformed),
        // invalid-aud, missing-aud, invalid-secondary-aud
        (#""aud":"heirloom","#, "", .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":"other""#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":"""#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":[]"#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":["heirloom",1]"#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":{"heirloom":1}"#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":["heirloom","other"]"#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":["other"],"azp":"heirloom""#, .tokenAudienceWrong),
        (#""aud":"heirloom""#, #""aud":["heirloom","other"],"azp":"other""#, .tokenPartyWrong),
        (#""aud":"heirloom""#, #""aud":"heirloom","azp":"other""#, .tokenPartyWrong),
        (#""aud":"heirloom""#, #""aud":"heirloom","azp":"""#, .tokenPartyWrong),
        (#""aud":"heirloom""#, #""aud":"heirloom","azp":null"#, .tokenPartyWrong),
        (#""aud":"heirloom""#, #""aud":"heirloom","azp":["heirloom"]"#, .tokenPartyWrong),
        (#""aud":"heirloom""#, #""aud":"HEIRLOOM""#, .tokenAudienceWrong),
        // missing-iat
        (#""iat":1800000000,"#, "", .tokenTimeWrong), ("1800000000", #""1800000000""#, .tokenTimeWrong),
        ("1800000000", "1800000061", .tokenTimeWrong), ("1800000000", "-1", .tokenTimeWrong),
        ("1800000000", "1e300", .tokenTimeWrong), ("1800000000", "null", .tokenTimeWrong),
        ("1800000000", "4503599627370496", .tokenTimeWrong), ("1800000000", "9223372036854775808", .tokenTimeWrong),
        ("1800000000", "1799999399", .tokenExpired), ("1800000000", "0", .tokenExpired),
        // invalid-expired-exp, invalid-missing-exp
        (#""exp":1800000600,"#, "", .tokenTimeWrong), ("1800000600", #""1800000600""#, .tokenTimeWrong),
        ("1800000600", "1799999940", .tokenExpired), ("1800000600", "0", .tokenExpired),
        ("1800000600", "[]", .tokenTimeWrong), ("1800000600", "9223372036854775807", .tokenTimeWrong),
        (#""sub""#, #""nbf":1800000061,"sub""#, .tokenTimeWrong), (#""sub""#, #""nbf":"0","sub""#, .tokenTimeWrong),
        // nonce-invalid, invalid-missing-nonce
        (#","nonce":"n-1""#, "", .tokenNonceWrong), (#""n-1""#, #""n-2""#, .tokenNonceWrong),
        (#""n-1""#, #""""#, .tokenNonceWrong), (#""n-1""#, "null", .tokenNonceWrong),
        (#""n-1""#, #""n-1 ""#, .tokenNonceWrong),
        (#""n-1""#, #"["n-1"]"#, .tokenNonceWrong),
        (#""nonce":"n-1""#, #""nonce":"n-1","nonce":"n-1""#, .tokenMalformed),
        // invalid-athash
        (#""sub""#, #""at_hash":"AAAAAAAAAAAAAAAAAAAAAA","sub""#, .tokenHashWrong),
        (#""sub""#, #""at_hash":"","sub""#, .tokenHashWrong), (#""sub""#, #""at_hash":null,"sub""#, .tokenHashWrong),
        (#""sub""#, #""at_hash":7,"sub""#, .tokenHashWrong),
        (#""sub""#, #""sid":7,"sub""#, .tokenSessionWrong), (#""sub""#, #""sid":"","sub""#, .tokenSessionWrong),
        (#""sub""#, #""sid":"\#(String(repeating: "s", count: 513))","sub""#, .tokenSessionWrong),
        (#""sub""#, #""auth_time":"now","sub""#, .tokenTimeWrong),
        (#""sub""#, #""auth_time":-1,"sub""#, .tokenTimeWrong),
        (
            #""sub""#,
            #""deep":\#(String(repeating: "[", count: 20_000))\#(String(repeating: "]", count: 20_000)),"sub""#,
            .tokenMalformed
        ),
        (#"{"iss""#, #"[{"iss""#, .tokenMalformed), (#""n-1"}"#, #""n-1"} x"#, .tokenMalformed),
    ]

    @Test(arguments: hostile)
    func `each hostile claim is refused`(old: String, new: String, expected: FederationRefusal) async throws {
        #expect(try await refusal(op.sign(Self.claims.changing(old, to: new))) == expected)
    }

    static let headers: [(String, FederationRefusal?)] = [
        (#"{"alg":"ES256","kid":"k1"}"#, nil), (#"{"alg":"ES256","kid":"k1","typ":"jwt"}"#, nil),
        // kid-absent-single-jwks
        (#"{"alg":"ES256"}"#, nil),
        (#"{"alg":"ES256","kid":"k1","typ":"at+jwt"}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","typ":"logout+jwt"}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","typ":"secevent+jwt"}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","typ":""}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","typ":7}"#, .tokenKindWrong),
        (#"{"alg":"ES256","kid":"k1","crit":["exp"],"exp":1}"#, .tokenCritical),
        (#"{"alg":"ES256","kid":"k1","crit":[]}"#, .tokenCritical),
        // idtoken-sig-none, invalid-null-alg, invalid-alternate-alg
        (#"{"alg":"none","kid":"k1"}"#, .tokenAlgorithmWrong), (#"{"alg":"None","kid":"k1"}"#, .tokenAlgorithmWrong),
        (#"{"alg":"HS256","kid":"k1"}"#, .tokenAlgorithmWrong), (#"{"alg":"RS256","kid":"k1"}"#, .tokenAlgorithmWrong),
        (#"{"alg":"es256","kid":"k1"}"#, .tokenAlgorithmWrong), (#"{"alg":7,"kid":"k1"}"#, .tokenAlgorithmWrong),
        (#"{"kid":"k1"}"#, .tokenAlgorithmWrong), (#"{"alg":"ES256","kid":"k2"}"#, .tokenKeyUnknown),
        (#"{"alg":"ES256","kid":""}"#, .tokenKeyUnknown), (#"{"alg":"ES256","kid":7}"#, .tokenKeyUnknown),
        (#"{"alg":"ES256","kid":null}"#, .tokenKeyUnknown),
        (#"{"alg":"ES256","alg":"ES256","kid":"k1"}"#, .tokenMalformed), (#"["ES256"]"#, .tokenMalformed),
    ]

    @Test(arguments: headers)
    func `each header is judged`(header: String, expected: FederationRefusal?) async throws {
        #expect(try await refusal(op.sign(Self.claims, header: header)) == expected)
    }

    /// invalid-sig-es256
    @Test func `a signature by another key is refused`() async throws {
        let forged = try TestProvider().sign(Self.claims)
        #expect(try await refusal(forged) == .tokenSignatureWrong)
        let token = try op.sign(Self.claims)
        #expect(try await refusal(String(token.dropLast(4)) + "AAAA") == .tokenSignatureWrong)
        #expect(try await refusal(token + "A") == .tokenSignatureWrong)
        #expect(try await refusal(String(token[...(token.lastIndex(of: ".") ?? token.startIndex)])) == .tokenMalformed)
        #expect(try await refusal("") == .tokenMalformed)
    }

    /// invalid-sig-hs256: the public key as the secret of an HMAC.
    @Test func `an HMAC is refused whatever its key`() async throws {
        let input = Base64URL.encode(#"{"alg":"HS256","kid":"k1"}"#.utf8) + "." + Base64URL.encode(Self.claims.utf8)
        for key in [Data(op.key.publicKey.pemRepresentation.utf8), Data(op.jwk().utf8), Data("secret".utf8)] {
            let code = HMAC<SHA256>.authenticationCode(for: Data(input.utf8), using: SymmetricKey(data: key))
            #expect(try await refusal(input + "." + Base64URL.encode(code)) == .tokenAlgorithmWrong)
        }
    }

    /// kid-absent-multiple-jwks
    @Test func `a token without kid needs the one key of its algorithm`() async throws {
        let token = try op.sign(Self.claims, header: #"{"alg":"ES256"}"#)
        let other = TestProvider().jwk(#""kid":"k2""#)
        #expect(try await refusal(token, keys: op.keys(op.jwk(""))) == nil)
        #expect(try await refusal(token, keys: op.keys(op.jwk(), other)) == .tokenKeyUnknown)
        #expect(try await refusal(token, keys: op.keys(other)) == .tokenSignatureWrong)
        #expect(try await refusal(op.sign(Self.claims), keys: op.keys(op.jwk(""))) == .tokenKeyUnknown)
    }

    @Test func `at_hash is the left half of the hash of the access token`() async throws {
        let half = Base64URL.encode(Array(SHA256.hash(data: Data("access".utf8))).prefix(16))
        let token = try op.sign(Self.claims.changing(#""sub""#, to: #""at_hash":"\#(half)","sub""#))
        #expect(try await refusal(token) == nil)
        #expect(try await refusal(token, accessToken: "another") == .tokenHashWrong)
        // An application presents no access token.
        #expect(try await refusal(token, accessToken: nil) == nil)
    }

    @Test func `auth_time is needed where max_age was sent`() async throws {
        func token(_ time: String) throws -> String {
            try op.sign(Self.claims.changing(#""sub""#, to: #""auth_time":\#(time),"sub""#))
        }
        let sent = (seconds: 300, sentAt: TestProvider.now - 100)
        #expect(try await refusal(op.sign(Self.claims), maxAge: sent) == .authenticationTooOld)
        #expect(try await refusal(token("1799999540"), maxAge: sent) == nil)
        #expect(try await refusal(token("1799999539"), maxAge: sent) == .authenticationTooOld)
        #expect(try await refusal(token("1800000060"), maxAge: sent) == nil)
        #expect(try await refusal(token("1800000061"), maxAge: sent) == .authenticationTooOld)
        #expect(try await refusal(token("0"), maxAge: sent) == .authenticationTooOld)
        #expect(try await refusal(token("0"), maxAge: nil) == nil)
    }

    @Test func `the provider's own list narrows the algorithms`() async throws {
        let token = try op.sign(Self.claims)
        #expect(try await refusal(token, published: ["RS256", "ES256"]) == nil)
        #expect(try await refusal(token, published: ["RS256"]) == .tokenAlgorithmWrong)
        #expect(try await refusal(token, published: []) == .tokenAlgorithmWrong)
    }

    @Test func `a token of more than 32 KiB is refused`() async throws {
        func token(_ count: Int) throws -> String {
            let filler = String(repeating: "g", count: count)
            return try op.sign(Self.claims.changing(#""sub""#, to: #""groups":"\#(filler)","sub""#))
        }
        #expect(try await refusal(token(20_000)) == nil)
        #expect(try await refusal(token(25_000)) == .tokenMalformed)
    }

    @Test func `an alias of the issuer is accepted, and the identity has the configured one`() async throws {
        var op = op
        op.provider.issuerAliases = ["op.example"]
        let token = try op.sign(Self.claims.changing("https://op.example", to: "op.example"))
        let read = try IDTokenGate(op.provider).verify(
            token, keys: try await op.keys(),
            expecting: IDTokenGate.Expectation(nonce: "n-1", clients: ["heirloom"]), at: TestProvider.now)
        #expect(read.identity.issuer == "https://op.example")
        #expect(throws: FederationRefusal.tokenIssuerWrong) { try IDTokenGate(self.op.provider).checkIssuer(of: token) }
        #expect(throws: FederationRefusal.tokenMalformed) { try IDTokenGate(self.op.provider).checkIssuer(of: "a.b.c") }
    }
}
