import PrometheusMetrics
import StrictCoding
import Testing
import TokenVerifier

/// A verifier, and tokens that are bound to a key.
struct BoundTokenTests {
    static let now = ProofMaker.now
    static let url = "https://api.example/v1/notes"
    let maker = ProofMaker()
    let waiters = Waiters()
    let clock: StoppedClock
    let service: FakeService
    let metrics = PrometheusRegistry()

    init() {
        clock = StoppedClock(at: Self.now, waiters: waiters)
        service = FakeService(waiters: waiters)
    }

    private func verifier(_ change: (inout AccessTokenVerifier.Options) -> Void = { _ in }) -> AccessTokenVerifier {
        var options = AccessTokenVerifier.Options(issuer: "https://id.example", audience: ["api"])
        options.publicURL = "https://api.example/v1"
        change(&options)
        return AccessTokenVerifier(options, transport: service, clock: clock.clock, metrics: metrics)
    }

    private func token(_ confirmation: String) throws -> String {
        try service.sign(
            #"""
            {"iss":"https://id.example","sub":"ada","aud":"api","client_id":"web","iat":\#(Self.now),
            "exp":\#(Self.now + 600),"jti":"1","sid":"2"\#(confirmation)}
            """#)
    }

    private func boundToken() throws -> String { try token(#","cnf":{"jkt":"\#(maker.thumbprint.text)"}"#) }

    private func proof(
        _ token: String, jti: String = "1", by other: ProofMaker? = nil, at time: Int = Self.now, nonce: String? = nil
    ) throws -> String {
        let claims = ProofMaker.claims(jti: jti, uri: Self.url, at: time, token: token, nonce: nonce)
        return try (other ?? maker).sign(nil, claims)
    }

    private func bearerRefusal(of token: String, by verifier: AccessTokenVerifier) async -> TokenRefusal? {
        do {
            _ = try await verifier.verify(token)
            return nil
        } catch { return error }
    }

    private func refusal(
        of token: String, _ proofs: String..., by verifier: AccessTokenVerifier, method: String = "GET",
        url: String = Self.url
    ) async -> TokenRefusal? {
        do {
            _ = try await verifier.verify(token, proofs: proofs, method: method, url: url)
            return nil
        } catch { return error }
    }

    @Test func `a bound token is refused without a proof`() async throws {
        let token = try boundToken()
        let verifier = verifier()
        // Also from the cache.
        for _ in 0..<2 { #expect(await bearerRefusal(of: token, by: verifier) == .proofRequired) }
        #expect(metrics.text().contains(#"heirloom_verifier_refused_total{reason="proofRequired"} 2"#))
    }

    @Test func `a bound token is accepted with a proof, once`() async throws {
        let token = try boundToken()
        let verifier = verifier()
        let proof = try proof(token)
        let verified = try await verifier.verify(token, proof: proof, method: "GET", url: Self.url)
        #expect(verified.keyThumbprint == maker.thumbprint.text && verified.claims.names == [])
        #expect(
            await refusal(of: token, proof, by: verifier) == .badProof(.replayed))
        let path = try self.proof(token, jti: "2")
        _ = try await verifier.verify(token, proof: path, method: "GET", url: "/notes?page=2")
        #expect(metrics.text().contains(#"heirloom_verifier_refused_total{reason="badProof.replayed"} 1"#))
    }

    @Test func `the proof is verified each time, for a token that is known too`() async throws {
        let token = try boundToken()
        let verifier = verifier()
        func refusal(_ proof: String, _ method: String = "GET", _ url: String = Self.url) async -> TokenRefusal? {
            await self.refusal(of: token, proof, by: verifier, method: method, url: url)
        }
        #expect(await refusal(try proof(token)) == nil)
        #expect(await refusal(try proof(token, jti: "2"), "POST") == .badProof(.wrongMethod))
        #expect(await refusal(try proof(token, jti: "2"), "GET", "/other") == .badProof(.wrongURI))
        #expect(await refusal(try proof(token, jti: "2", by: ProofMaker())) == .badProof(.wrongKey))
        #expect(await refusal(try proof(token + "x", jti: "2")) == .badProof(.wrongToken))
        #expect(await refusal(try proof(token, jti: "2", at: Self.now - 61)) == .badProof(.wrongTime))
        #expect(await refusal("") == .badProof(.malformed))
        #expect(await refusal(token) == .badProof(.wrongType))
        #expect(await refusal(try proof(token, jti: "2")) == nil)
        clock.advance(by: .seconds(610))
        #expect(await refusal(try proof(token, jti: "3", at: Self.now + 610)) == .expired)
    }

    @Test func `several header fields, and none, are refused`() async throws {
        let token = try boundToken()
        let verifier = verifier()
        let proof = try proof(token)
        #expect(await refusal(of: token, by: verifier, url: Self.url) == .badProof(.missing))
        #expect(await refusal(of: token, proof, proof, by: verifier) == .badProof(.repeated))
    }

    @Test func `a token that is bound to no key is refused with a proof`() async throws {
        let token = try token("")
        let verifier = verifier()
        #expect(await bearerRefusal(of: token, by: verifier) == nil)
        let proof = try proof(token)
        #expect(
            await refusal(of: token, proof, by: verifier) == .notBound)
    }

    @Test(arguments: [
        "null", "{}", "[]", "1", #"{"jkt":1}"#, #"{"jkt":""}"#, #"{"jkt":"AAAA"}"#, #"{"x5t#S256":"AAAA"}"#,
        #"{"jkt":"\#(String(repeating: "A", count: 42))B"}"#,
    ])
    func `a confirmation that is not understood is not ignored`(value: String) async throws {
        let token = try token(#","cnf":\#(value)"#)
        let verifier = verifier { $0.acceptsBoundTokensAsBearer = true }
        #expect(await bearerRefusal(of: token, by: verifier) == .badClaims)
    }

    @Test func `an option accepts bound tokens as bearer tokens`() async throws {
        let token = try boundToken()
        let verifier = verifier { $0.acceptsBoundTokensAsBearer = true }
        #expect(await bearerRefusal(of: token, by: verifier) == nil)
        let proof = try proof(token, by: ProofMaker())
        #expect(
            await refusal(of: token, proof, by: verifier) == .badProof(.wrongKey))
    }

    @Test(arguments: [nil, "", "api.example", "ftp://api.example", "https://api.example/?x", "https://a@api.example"])
    func `without a usable public URL no path is accepted`(url: String?) async throws {
        let token = try boundToken()
        let verifier = verifier { $0.publicURL = url }
        let proof = try proof(token)
        #expect(
            await refusal(of: token, proof, by: verifier, url: "/notes") == .badProof(.wrongURI))
        #expect(
            await refusal(of: token, proof, by: verifier) == nil)
    }

    @Test func `proofs need a nonce if the verifier has a key for them`() async throws {
        let token = try boundToken()
        let verifier = verifier { $0.proofNonceKey = [UInt8](repeating: 1, count: 32) }
        #expect(self.verifier().proofNonce == nil)
        let nonce = try #require(verifier.proofNonce)
        for wrong in [nil, "", "made-up"] {
            let proof = try proof(token, nonce: wrong)
            #expect(
                await refusal(of: token, proof, by: verifier) == .badProof(.nonceNeeded))
        }
        func next(_ jti: String) async throws -> String? {
            try await verifier.verify(
                token, proofs: [try proof(token, jti: jti, nonce: nonce)], method: "GET", url: Self.url
            ).nextNonce
        }
        #expect(try await next("1") == nil)
        clock.advance(by: .seconds(60))
        #expect(try await next("2") == verifier.proofNonce && verifier.proofNonce != nonce)
    }

    @Test func `proofs that are forgotten too early are counted`() async throws {
        let token = try boundToken()
        let verifier = verifier { $0.proofLimit = 20 }
        for number in 0..<40 {
            let proof = try proof(token, jti: "\(number)")
            _ = try await verifier.verify(token, proof: proof, method: "GET", url: Self.url)
        }
        let line = metrics.text().split(separator: "\n").first {
            $0.hasPrefix("heirloom_verifier_proofs_dropped_total ")
        }
        #expect(try #require(line.flatMap { Int($0.split(separator: " ")[1]) }) >= 20)
    }
}
