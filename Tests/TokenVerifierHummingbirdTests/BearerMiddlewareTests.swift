import HTTPTypes
import Hummingbird
import HummingbirdTesting
import StrictCoding
import Testing
import TokenVerifier
import TokenVerifierHummingbird

/// The middleware's answers: status, challenge, and the body that names the action of the client.
struct BearerMiddlewareTests {
    static let algorithms = #"algs="ES256 EdDSA Ed25519 PS256 RS256""#
    var caller = SigningCaller()

    /// What a caller sees of an answer.
    struct Answer: Equatable {
        let status: Int
        var challenge: String?
        /// `code` and `action` of the body; nil without a problem document.
        var problem: [String]?
        var nonce: String?
    }

    private func refusal(_ error: String, _ detail: String, _ code: String, _ action: String) -> Answer {
        let challenge = #"DPoP error="\#(error)", error_description="\#(detail)", \#(Self.algorithms)"#
        return Answer(status: 401, challenge: challenge, problem: [code, action])
    }

    private func verifier(_ change: (inout AccessTokenVerifier.Options) -> Void = { _ in }) -> AccessTokenVerifier {
        var options = AccessTokenVerifier.Options(issuer: "https://id.example", audience: ["api"])
        options.publicURL = "https://api.example/v1"
        change(&options)
        return AccessTokenVerifier(options, transport: caller, now: { SigningCaller.now })
    }

    private func ask(
        _ verifier: AccessTokenVerifier, _ authorization: String..., proofs: [String] = [], path: String = "/notes",
        method: HTTPRequest.Method = .get
    ) async throws -> Answer {
        let router = Router(context: NotesContext.self)
        let notes = router.group("notes").add(middleware: BearerMiddleware(verifier: verifier))
            .add(middleware: ScopeMiddleware("read"))
        notes.get { _, context in try context.identity.subject }
        notes.head { _, _ in HTTPResponse.Status.ok }
        var headers = HTTPFields()
        headers[values: .authorization] = authorization
        headers[values: try #require(HTTPField.Name("DPoP"))] = proofs
        let nonceName = try #require(HTTPField.Name("DPoP-Nonce"))
        return try await Application(router: router).test(.router) { [headers] client in
            try await client.execute(uri: path, method: method, headers: headers) { response in
                var problem: [String]?
                if response.headers[.contentType] == "application/problem+json" {
                    let json = try JSONReader.read(Array(response.body.readableBytesView))
                    let code = try #require(json["code"]?.string)
                    #expect(json["type"]?.string == "urn:heirloom:problem:\(code)")
                    #expect(json["status"] == .integer(response.status.code))
                    #expect(json["title"]?.string?.isEmpty == false && json["detail"]?.string?.isEmpty == false)
                    problem = [code, try #require(json["action"]?.string)]
                }
                #expect((response.status == .unauthorized) == (problem != nil))
                #expect(response.status == .ok || response.headers[.cacheControl] == "no-store")
                return Answer(
                    status: response.status.code, challenge: response.headers[.wwwAuthenticate], problem: problem,
                    nonce: response.headers[nonceName])
            }
        }
    }

    @Test func `without a token the challenge names the schemes that the API takes`() async throws {
        let problem = ["invalid_token", "login"]
        let both = Answer(status: 401, challenge: "Bearer, DPoP \(Self.algorithms)", problem: problem)
        let bearer = Answer(status: 401, challenge: "Bearer", problem: problem)
        #expect(try await ask(verifier()) == both)
        #expect(try await ask(verifier(), "Basic YTpi") == both)
        let withoutURL = verifier { $0.publicURL = nil }
        #expect(try await ask(withoutURL) == bearer)
        let token = try caller.token(isBound: true)
        #expect(try await ask(withoutURL, "DPoP \(token)", proofs: [caller.proof(token)]) == bearer)
        #expect(
            try await ask(verifier(), "Bearer a", "DPoP a")
                == Answer(status: 400, challenge: #"Bearer error="invalid_request""#))
    }

    @Test func `a bearer token is accepted or refused as before`() async throws {
        let verifier = verifier()
        #expect(try await ask(verifier, "Bearer \(caller.token(isBound: false))") == Answer(status: 200))
        #expect(
            try await ask(verifier, "Bearer x")
                == Answer(
                    status: 401, challenge: #"Bearer error="invalid_token""#, problem: ["invalid_token", "login"]))
        let description = #"error_description="The access token has expired. Refresh it.""#
        #expect(
            try await ask(verifier, "Bearer \(caller.token(isBound: false, expiry: SigningCaller.now - 11))")
                == Answer(
                    status: 401, challenge: #"Bearer error="invalid_token", \#(description)"#,
                    problem: ["expired_token", "refresh"]))
        #expect(
            try await ask(verifier, "Bearer \(caller.token(isBound: false, scope: "write"))")
                == Answer(status: 403, challenge: #"Bearer error="insufficient_scope", scope="read""#))
    }

    @Test func `a bound token is accepted with its proof, once, at the public URL alone`() async throws {
        let verifier = verifier()
        let token = try caller.token(isBound: true)
        let proof = try caller.proof(token)
        #expect(try await ask(verifier, "DPoP \(token)", proofs: [proof], path: "/notes?page=1") == Answer(status: 200))
        #expect(
            try await ask(verifier, "DPoP \(token)", proofs: [proof])
                == refusal(
                    "invalid_dpop_proof", "The DPoP proof was used before. Send the request with a new one.",
                    "invalid_dpop_proof", "retry"))
        let head = try caller.proof(token, jti: "2", method: "HEAD")
        #expect(try await ask(verifier, "dpop  \(token)", proofs: [head], method: .head) == Answer(status: 200))
        let wrong = refusal("invalid_dpop_proof", "The DPoP proof is not valid.", "invalid_dpop_proof", "fix")
        for (jti, uri) in [
            ("3", "https://localhost/notes"), ("4", "https://api.example/notes"),
            ("5", "https://api.example/v1/notes/"), ("6", "http://api.example/v1/notes"),
        ] {
            let proof = try caller.proof(token, jti: jti, uri: uri)
            #expect(try await ask(verifier, "DPoP \(token)", proofs: [proof]) == wrong, "\(uri)")
        }
        let other = try SigningCaller().proof(token, jti: "7")
        for proofs in [
            [], [""], [token], [other], [try caller.proof(token, jti: "8"), try caller.proof(token, jti: "9")],
        ] {
            #expect(try await ask(verifier, "DPoP \(token)", proofs: proofs) == wrong)
        }
    }

    @Test func `a bound token is refused as a bearer token`() async throws {
        let token = try caller.token(isBound: true)
        let detail = "The access token is bound to a key. Send it with the scheme DPoP and a proof."
        let expected = refusal("invalid_token", detail, "invalid_token", "fix")
        for proofs in [[], [try caller.proof(token)]] {
            #expect(try await ask(verifier(), "Bearer \(token)", proofs: proofs) == expected)
            #expect(try await ask(verifier { $0.publicURL = nil }, "Bearer \(token)", proofs: proofs) == expected)
        }
        let lenient = verifier { $0.acceptsBoundTokensAsBearer = true }
        #expect(try await ask(lenient, "Bearer \(token)") == Answer(status: 200))
        #expect(try await ask(lenient, "DPoP \(token)").status == 401)
    }

    @Test func `with the scheme DPoP the challenges are of that scheme`() async throws {
        let verifier = verifier()
        let unbound = try caller.token(isBound: false)
        let invalid = refusal("invalid_token", "The access token is not valid.", "invalid_token", "login")
        #expect(try await ask(verifier, "DPoP \(unbound)", proofs: [caller.proof(unbound)]) == invalid)
        #expect(try await ask(verifier, "DPoP x", proofs: [caller.proof("x")]) == invalid)
        let old = try caller.token(isBound: true, expiry: SigningCaller.now - 11)
        #expect(
            try await ask(verifier, "DPoP \(old)", proofs: [caller.proof(old)])
                == refusal("invalid_token", "The access token has expired. Refresh it.", "expired_token", "refresh"))
        let other = try caller.token(isBound: true, scope: "write")
        #expect(
            try await ask(verifier, "DPoP \(other)", proofs: [caller.proof(other)])
                == Answer(
                    status: 403, challenge: #"DPoP error="insufficient_scope", scope="read", \#(Self.algorithms)"#))
    }

    @Test func `the nonce comes with the refusal, and anew with an answer when it is old`() async throws {
        let verifier = verifier { $0.proofNonceKey = [UInt8](repeating: 1, count: 32) }
        let token = try caller.token(isBound: true)
        let detail = "Send the request with a new DPoP proof that has the nonce in DPoP-Nonce."
        var expected = refusal("use_dpop_nonce", detail, "use_dpop_nonce", "retry")
        expected.nonce = verifier.proofNonce
        #expect(expected.nonce != nil)
        for nonce in [nil, "made-up"] {
            #expect(try await ask(verifier, "DPoP \(token)", proofs: [caller.proof(token, nonce: nonce)]) == expected)
        }
        let proof = try caller.proof(token, nonce: expected.nonce)
        #expect(try await ask(verifier, "DPoP \(token)", proofs: [proof]) == Answer(status: 200))
        let earlier = AccessTokenVerifier(
            verifierOptions(of: [UInt8](repeating: 1, count: 32)), transport: caller,
            now: { SigningCaller.now - 60 })
        let old = try caller.proof(token, jti: "2", nonce: earlier.proofNonce)
        #expect(
            try await ask(verifier, "DPoP \(token)", proofs: [old]) == Answer(status: 200, nonce: expected.nonce))
    }

    private func verifierOptions(of key: [UInt8]) -> AccessTokenVerifier.Options {
        var options = AccessTokenVerifier.Options(issuer: "https://id.example", audience: ["api"])
        options.proofNonceKey = key
        return options
    }

    @Test func `without keys no token is judged`() async throws {
        var down = self
        down.caller.isUp = false
        let token = try caller.token(isBound: true)
        #expect(try await down.ask(down.verifier(), "Bearer \(token)") == Answer(status: 503))
        #expect(
            try await down.ask(down.verifier(), "DPoP \(token)", proofs: [caller.proof(token)]) == Answer(status: 503))
    }
}
