import Crypto
import CryptoExtras
import Foundation
import StrictCoding
import Testing
import TokenVerifier

/// The checks of RFC 9449 §4.3, each with what breaks it alone.
struct ProofGateTests {
    static let now = ProofMaker.now
    static let zero = String(repeating: "A", count: 43)
    let maker = ProofMaker()
    let gate = ProofGate()
    let request: ProofRequest

    init() throws {
        request = ProofRequest(method: "POST", uri: try #require(ProofURI("https://id.example/v1/refresh")))
    }

    private func refusal(
        _ proofs: [String], for request: ProofRequest? = nil, by gate: ProofGate? = nil, at now: Int = Self.now
    ) -> ProofRefusal? {
        do {
            _ = try (gate ?? self.gate).verify(proofs, for: request ?? self.request, at: now)
            return nil
        } catch { return error }
    }

    private func refusal(header: String? = nil, claims: String = ProofMaker.claims) throws -> ProofRefusal? {
        refusal([try maker.sign(header, claims)])
    }

    @Test func `a valid proof is accepted, and remembered until no node accepts it`() throws {
        let accepted = try gate.verify([maker.sign(nil, ProofMaker.claims)], for: request, at: Self.now)
        #expect(accepted.key == maker.thumbprint && accepted.id == "1" && accepted.issuedAt == Self.now)
        #expect(accepted.refusedFrom == Self.now + 61 && accepted.forgottenAt == Self.now + 181)
        #expect(accepted.nextNonce == nil && gate.currentNonce(at: Self.now) == nil)
    }

    // 1. No more than one header field.
    @Test func `one header field is needed`() throws {
        let proof = try maker.sign(nil, ProofMaker.claims)
        #expect(refusal([]) == .missing)
        #expect(refusal([proof, proof]) == .repeated)
        #expect(refusal([proof + ", " + proof]) == .malformed)
        #expect(refusal([proof + "," + proof]) == .malformed)
    }

    // 2. One well-formed JWT.
    @Test func `text that is not a compact JWS is refused`() throws {
        let proof = try maker.sign(nil, ProofMaker.claims)
        let parts = proof.split(separator: ".").map(String.init)
        for shape in [
            "", ".", "..", "a.b.c", " " + proof, proof + " ", proof + ".", proof + "=", "." + proof,
            parts[0] + "." + parts[1], parts[0] + "." + parts[1] + ".", parts[0] + "=." + parts[1] + "." + parts[2],
            "!." + parts[1] + "." + parts[2], String(repeating: ".", count: 4096),
            String(repeating: "A", count: 1 << 20), String(repeating: "\u{301}\u{316}", count: 1 << 12),
        ] {
            #expect(refusal([shape]) == .malformed, "\(shape.prefix(40))")
        }
        for claims in [
            "[]", "1", "", "{", ProofMaker.claims + " x", ProofMaker.claims.dropLast() + #","jti":"1"}"#,
            ProofMaker.claims.dropLast() + #","a":[[[[[[[[1]]]]]]]]}"#,
        ] {
            #expect(try refusal(claims: String(claims)) == .malformed, "\(claims)")
        }
        for header in ["[]", "1", maker.header.dropLast() + #","alg":"ES256"}"#] {
            #expect(try refusal(header: String(header)) == .malformed, "\(header)")
        }
    }

    @Test func `a proof of more than 4096 bytes is refused`() throws {
        func proof(padding: Int) throws -> String {
            try maker.sign(nil, ProofMaker.claims.dropLast() + #","x":"\#(String(repeating: "x", count: padding))"}"#)
        }
        let padding = (4096 - (try proof(padding: 0)).utf8.count) * 3 / 4
        let longest = try #require((padding - 2...padding).last { (try? proof(padding: $0).utf8.count) ?? 0 <= 4096 })
        #expect(refusal([try proof(padding: longest)]) == nil)
        #expect(refusal([try proof(padding: longest + 4)]) == .malformed)
    }

    // 3. The required claims and their types.
    @Test(arguments: [
        (#""jti":"1","#, ""), (#""jti":"1""#, #""jti":1"#), (#""jti":"1""#, #""jti":"""#),
        (#""jti":"1""#, #""jti":null"#),
        (#""jti":"1""#, #""jti":["1"]"#), (#""jti":"1""#, #""jti":"\#(String(repeating: "j", count: 257))""#),
        (#""jti":"1""#, #""jti":"\#(String(repeating: "\u{301}", count: 129))""#), (#""htm":"POST","#, ""),
        (#""htm":"POST""#, #""htm":["POST"]"#), (#""htm":"POST""#, #""htm":null"#),
        (#""htu":"https://id.example/v1/refresh","#, ""), (#""https://id.example/v1/refresh""#, "1"),
        (#""https://id.example/v1/refresh""#, #"["https://id.example/v1/refresh"]"#), (#","iat":1800000000"#, ""),
        ("1800000000", #""1800000000""#), ("1800000000", "null"), ("1800000000", "-1"), ("1800000000", "1e300"),
        ("1800000000", "9223372036854775807"), ("1800000000", "9223372036854775808"),
        ("1800000000", "4503599627370496"),
        ("1800000000", "-9223372036854775808"), ("1800000000", "true"), ("1800000000", "[1800000000]"),
    ])
    func `a claim that is missing or has another type is refused`(old: String, new: String) throws {
        let claims = ProofMaker.claims.replacing(old, with: new)
        #expect(claims != ProofMaker.claims)
        #expect(try refusal(claims: claims) == .badClaims)
    }

    @Test(arguments: [
        ("1800000000", "1800000000.5"), ("1800000000", "1.8e9"),
        (#""jti":"1""#, #""jti":"\#(String(repeating: "j", count: 256))""#),
        (#""jti":"1""#, #""ath":1,"nonce":2,"exp":1,"jti":"1""#),
    ])
    func `claims may be written in several ways, and unknown ones are ignored`(old: String, new: String) throws {
        let claims = ProofMaker.claims.replacing(old, with: new)
        #expect(claims != ProofMaker.claims)
        #expect(try refusal(claims: claims) == nil)
    }

    // 4. The type.
    @Test(arguments: [
        "", #""typ":"JWT","#, #""typ":"at+jwt","#, #""typ":"logout+jwt","#, #""typ":"secevent+jwt","#,
        #""typ":"client-authentication+jwt","#, #""typ":"DPoP+JWT","#, #""typ":"application/dpop+jwt","#,
        #""typ":["dpop+jwt"],"#, #""typ":null,"#, "\"typ\":\"dpop+jwt\u{301}\",", #""typ":"dpop\u002bjwt ","#,
    ])
    func `another type is refused`(type: String) throws {
        #expect(try refusal(header: maker.header.replacing(#""typ":"dpop+jwt","#, with: type)) == .wrongType)
    }

    @Test(arguments: [#"["exp"]"#, "[]", "null", #"["b64"]"#])
    func `a critical extension is refused`(value: String) throws {
        #expect(try refusal(header: maker.header.dropLast() + #","b64":false,"crit":\#(value)}"#) == .criticalExtension)
    }

    // 5. The algorithm.
    @Test(arguments: [
        "", #""alg":"none","#, #""alg":"None","#, #""alg":"HS256","#, #""alg":"es256","#, #""alg":"ES384","#,
        #""alg":"ES256K","#, #""alg":"RS1","#, #""alg":"ML-DSA-65","#, #""alg":["ES256"],"#, #""alg":null,"#,
        // Algorithms of other keys.
        #""alg":"RS256","#, #""alg":"PS256","#, #""alg":"EdDSA","#, #""alg":"Ed25519","#,
    ])
    func `another algorithm is refused`(algorithm: String) throws {
        #expect(try refusal(header: maker.header.replacing(#""alg":"ES256","#, with: algorithm)) == .wrongAlgorithm)
    }

    @Test func `each algorithm is accepted with its key`() throws {
        let ed = Curve25519.Signing.PrivateKey()
        let x = Base64URL.encode(ed.publicKey.rawRepresentation)
        let okp = #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}"#
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try rsa.publicKey.getKeyPrimitives()
        let n = Base64URL.encode(numbers.modulus), e = Base64URL.encode(numbers.publicExponent)
        let rsaJWK = #"{"kty":"RSA","n":"\#(n)","e":"\#(e)"}"#
        let signers: [(String, String, (Data) throws -> Data)] = [
            ("EdDSA", okp, { try ed.signature(for: $0) }), ("Ed25519", okp, { try ed.signature(for: $0) }),
            ("RS256", rsaJWK, { try rsa.signature(for: $0, padding: .insecurePKCS1v1_5).rawRepresentation }),
            ("PS256", rsaJWK, { try rsa.signature(for: $0, padding: .PSS).rawRepresentation }),
        ]
        for (algorithm, jwk, sign) in signers {
            let header = #"{"typ":"dpop+jwt","alg":"\#(algorithm)","jwk":\#(jwk)}"#
            let proof = try ProofMaker.assemble(header, ProofMaker.claims, sign)
            #expect(refusal([proof]) == nil, "\(algorithm)")
            let other = header.replacing(algorithm, with: algorithm == "PS256" ? "RS256" : "PS256")
            #expect(refusal([try ProofMaker.assemble(other, ProofMaker.claims, sign)]) != nil, "\(algorithm)")
        }
        let names = signers.map(\.0) + ["ES256"]
        #expect(Set(names) == Set(ProofGate.algorithms))
    }

    // 6. The signature.
    @Test func `a signature by another key, of other bytes, or of another length is refused`() throws {
        let other = ProofMaker()
        #expect(refusal([try other.sign(maker.header, ProofMaker.claims)]) == .badSignature)
        let parts = try maker.sign(nil, ProofMaker.claims).split(separator: ".").map(String.init)
        let claims = Base64URL.encode(ProofMaker.claims.replacing("\"1\"", with: "\"2\"").utf8)
        #expect(refusal(["\(parts[0]).\(claims).\(parts[2])"]) == .badSignature)
        let zero = [UInt8](repeating: 0, count: 32)
        let signature = try #require(Base64URL.decode(parts[2].utf8))
        let der = try maker.key.signature(for: Data("\(parts[0]).\(parts[1])".utf8)).derRepresentation
        for bytes: [UInt8] in [
            zero + zero, zero, [0], signature + [0], Array(signature.dropLast()), [UInt8](repeating: 0xFF, count: 64),
            Array(der),
        ] {
            #expect(refusal(["\(parts[0]).\(parts[1]).\(Base64URL.encode(bytes))"]) == .badSignature)
        }
    }

    // 7. A public key, in the header.
    @Test(arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
    func `a private key is refused`(member: String) throws {
        let jwk = maker.jwk.dropLast() + #","\#(member)":"AQAB"}"#
        #expect(try refusal(header: maker.header.replacing(maker.jwk, with: jwk)) == .badKey)
    }

    @Test(arguments: [
        "1", "null", "[]", "{}", #"{"kty":"oct"}"#, #"{"kty":"oct","k":"c2VjcmV0"}"#, #"{"kty":"EC","crv":"P-256"}"#,
        #"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#, #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
        #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, #"{"kty":["EC"],"crv":"P-256"}"#,
        #"{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        // A point that is not on the curve.
        #"{"kty":"EC","crv":"P-256","x":"\#(zero)","y":"\#(zero)"}"#,
        #"{"keys":[]}"#, "\"https://attacker.example/jwk\"",
    ])
    func `a key that cannot be used is refused`(jwk: String) throws {
        #expect(try refusal(header: maker.header.replacing(maker.jwk, with: jwk)) == .badKey)
    }

    @Test(arguments: [
        (1024, ProofRefusal.badKey), (2040, .badKey), (2048, .badSignature), (4096, .badSignature), (4104, .badKey),
    ])
    func `an RSA key has 2048 to 4096 bits`(bits: Int, expected: ProofRefusal) throws {
        func jwk(_ modulus: [UInt8]) -> String {
            #"{"kty":"RSA","n":"\#(Base64URL.encode(modulus))","e":"AQAB"}"#
        }
        // Numbers of this length, until one is not known to be weak. Nobody needs the private key.
        var modulus = [0xC1] + [UInt8](repeating: 0xA7, count: bits / 8 - 1)
        while (try? PublicJWK(JSONReader.read(Array(jwk(modulus).utf8)))) == nil {
            modulus[modulus.count - 1] &+= 2
            if modulus[modulus.count - 1] == 1 { modulus[modulus.count - 2] &+= 1 }
        }
        let header = #"{"typ":"dpop+jwt","alg":"RS256","jwk":\#(jwk(modulus))}"#
        let proof = ProofMaker.assemble(header, ProofMaker.claims) { _ in Data(count: bits / 8) }
        #expect(refusal([proof]) == expected)
    }

    @Test(arguments: ["kid", "jku", "x5u", "x5c"])
    func `no other member of the header chooses the key`(member: String) throws {
        let other = ProofMaker()
        let header: String = maker.header.dropLast() + #","\#(member)":\#(other.jwk)}"#
        #expect(refusal([try other.sign(header, ProofMaker.claims)]) == .badSignature)
        #expect(refusal([try maker.sign(header, ProofMaker.claims)]) == nil)
        let without = header.replacing(#""jwk":\#(maker.jwk),"#, with: "")
        #expect(refusal([try other.sign(without, ProofMaker.claims)]) == .badKey)
    }

    // 8. The method.
    @Test(arguments: ["GET", "post", "Post", "HEAD", "", "POST ", "POST\u{301}", "PO\u{17F}T"])
    func `another method is refused`(method: String) throws {
        #expect(try refusal(claims: ProofMaker.claims.replacing("POST", with: method)) == .wrongMethod)
    }

    @Test func `HEAD is not GET`() throws {
        let uri = try #require(ProofURI("https://id.example/"))
        let claims = ProofMaker.claims(method: "GET", uri: "https://id.example/")
        #expect(refusal([try maker.sign(nil, claims)], for: ProofRequest(method: "HEAD", uri: uri)) == .wrongMethod)
        #expect(refusal([try maker.sign(nil, claims)], for: ProofRequest(method: "GET", uri: uri)) == nil)
    }

    // 9. The URI. ProofURITests has the normalization.
    @Test(arguments: [
        "https://id.example/v1/login", "http://id.example/v1/refresh", "https://id.example:444/v1/refresh",
        "https://evil.example/v1/refresh", "/v1/refresh", "", "https://id.example/v1/refresh/",
        "https://a@id.example/v1/refresh", "https://id.example//v1/refresh",
    ])
    func `another URI is refused`(uri: String) throws {
        #expect(
            try refusal(claims: ProofMaker.claims.replacing("https://id.example/v1/refresh", with: uri)) == .wrongURI)
    }

    @Test func `query and fragment do not count`() throws {
        #expect(try refusal(claims: ProofMaker.claims.replacing("/refresh", with: "/refresh?a=%zz#b")) == nil)
    }

    // 10. The nonce.
    @Test func `a nonce is needed if nonces are on, and replaces the time`() throws {
        let nonces = ProofNonces(keys: [SymmetricKey(size: .bits256)])
        let gate = ProofGate(nonces: nonces)
        func refusal(nonce: String?, iat: Int = Self.now) throws -> ProofRefusal? {
            let claims = ProofMaker.claims(method: "POST", uri: "https://id.example/v1/refresh", at: iat, nonce: nonce)
            return self.refusal([try maker.sign(nil, claims)], by: gate)
        }
        let valid = nonces.current(at: Self.now)
        #expect(try refusal(nonce: valid) == nil)
        #expect(try refusal(nonce: valid, iat: 0) == nil && refusal(nonce: valid, iat: Self.now + 9999) == nil)
        for nonce in [nil, "", "made-up", String(valid.dropLast()), valid + "A", String(repeating: "A", count: 43)] {
            #expect(try refusal(nonce: nonce) == .nonceNeeded, "\(nonce ?? "none")")
        }
        let other = ProofNonces(keys: [SymmetricKey(size: .bits256)])
        #expect(try refusal(nonce: other.current(at: Self.now)) == .nonceNeeded)
        #expect(try self.refusal(claims: ProofMaker.claims.dropLast() + #","nonce":["\#(valid)"]}"#) == nil)
        let list = try maker.sign(nil, ProofMaker.claims.dropLast() + #","nonce":["\#(valid)"]}"#)
        #expect(self.refusal([list], by: gate) == .nonceNeeded)
    }

    // 11. The time.
    @Test(arguments: [
        (-61, ProofRefusal.wrongTime), (-60, nil), (0, nil), (60, nil), (61, .wrongTime), (-1_800_000_000, .wrongTime),
        ((1 << 52) - 1 - 1_800_000_000, .wrongTime),
    ])
    func `a time outside the window is refused`(offset: Int, expected: ProofRefusal?) throws {
        let claims = ProofMaker.claims.replacing("1800000000", with: "\(Self.now + offset)")
        #expect(try refusal(claims: claims) == expected)
    }

    @Test func `a proof that is dated ahead is remembered until its own end`() throws {
        let claims = ProofMaker.claims.replacing("1800000000", with: "\(Self.now + 60)")
        let proof = try maker.sign(nil, claims)
        let accepted = try gate.verify([proof], for: request, at: Self.now)
        #expect(refusal([proof], at: Self.now + 120) == nil && accepted.refusedFrom > Self.now + 120)
        #expect(refusal([proof], at: accepted.refusedFrom) == .wrongTime)
    }

    // 12. The access token and its key: always both.
    @Test func `the hash of the access token and its key must fit`() throws {
        let uri = "https://id.example/v1/refresh"
        func refusal(_ claims: String, key: KeyThumbprint) throws -> ProofRefusal? {
            let bound = ProofRequest.BoundToken("token", boundTo: key)
            return self.refusal(
                [try maker.sign(nil, claims)], for: ProofRequest(method: "POST", uri: request.uri, token: bound))
        }
        let claims = ProofMaker.claims(method: "POST", uri: uri, token: "token")
        #expect(try refusal(claims, key: maker.thumbprint) == nil)
        #expect(try refusal(claims, key: ProofMaker().thumbprint) == .wrongKey)
        #expect(try refusal(ProofMaker.claims, key: maker.thumbprint) == .badClaims)
        for other in ["Token", "token ", "", "tokem"] {
            let claims = ProofMaker.claims(method: "POST", uri: uri, token: other)
            #expect(try refusal(claims, key: maker.thumbprint) == .wrongToken, "\(other)")
        }
        let hash = SHA256.hash(data: Data("token".utf8))
        let hex = hash.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
        for text in ["", "token", hex, Data(hash).base64EncodedString(), Base64URL.encode(hash) + "="] {
            let claims = ProofMaker.claims.dropLast() + #","ath":"\#(text)"}"#
            #expect(try refusal(String(claims), key: maker.thumbprint) == .wrongToken, "\(text)")
        }
    }

    @Test func `a proof does not pass as an access token`() async throws {
        let jwks = #"{"keys":[\#(maker.jwk.dropLast()),"alg":"ES256","kid":"k1"}]}"#
        let keys = try await VerificationKeys(jwks: Array(jwks.utf8))
        let header = maker.header.dropLast() + #","kid":"k1"}"#
        let proof = try maker.sign(String(header), ProofMaker.claims)
        #expect(refusal([proof]) == nil)
        #expect(throws: TokenRefusal.wrongType) {
            try TokenGate(issuer: "https://id.example", audience: ["api"]).authenticate(proof, keys: keys)
        }
    }
}
