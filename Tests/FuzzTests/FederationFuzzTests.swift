import Crypto
import Federation
import Foundation
import HTTPTypes
import StrictCoding
import Testing
import TokenCore
import TokenHTTP
import TokenTesting
import TokenVerifier

/// What browsers and providers send to the relying party.
struct FederationFuzzTests {
    let key: Curve25519.Signing.PrivateKey
    let keys: VerificationKeys
    let provider: Provider

    static let header = #"{"alg":"EdDSA","kid":"k1"}"#
    static let now = 1_800_000_000

    init() async throws {
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 9, count: 32))
        let x = Base64URL.encode(key.publicKey.rawRepresentation)
        let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)","kid":"k1"}"#
        keys = try await VerificationKeys(foreign: Array(#"{"keys":[\#(jwk)]}"#.utf8), algorithms: ["EdDSA"])
        provider = Provider(
            id: try #require(ProviderID("op")), name: "OP", issuer: "https://op.example", clientID: "heirloom",
            clientAuthentication: .none, algorithms: [.eddsa],
            events: Provider.EventSource(issuer: "https://op.example", jwksURI: "https://op.example/keys"))
    }

    private func sign(_ claims: [UInt8]) throws -> String {
        let input = Base64URL.encode(Self.header.utf8) + "." + Base64URL.encode(claims)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)))
    }

    @Test func `a response is read as its own query again`() throws {
        for input in try Fuzzer("authorization-response") {
            guard let response = try? AuthorizationResponse(input) else { continue }
            let again = try AuthorizationResponse(response.query.utf8)
            #expect(again.query == response.query && again.cookieName == response.cookieName, "\(Fuzzer.escape(input))")
            let isPlain = response.query.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") }
            #expect(isPlain, "\(Fuzzer.escape(input))")
            if let name = response.cookieName {
                #expect(name.utf8.count == Attempt.cookiePrefix.utf8.count + 12, "\(Fuzzer.escape(input))")
            }
        }
    }

    @Test func `accepted claims of an ID token are those that are demanded`() throws {
        let gate = IDTokenGate(provider)
        for input in try Fuzzer("id-token-claims") {
            let token = try sign(input)
            let expectation = IDTokenGate.Expectation(
                nonce: "n-1", clients: ["heirloom"], accessToken: "access", maxAge: (600, Self.now))
            guard let read = try? gate.verify(token, keys: keys, expecting: expectation, at: Self.now) else { continue }
            let claims = try JSONReader.read(input)
            let isDemanded =
                claims["iss"] == .string("https://op.example") && claims["nonce"] == .string("n-1")
                && (claims["aud"] == .string("heirloom") || claims["aud"]?.strings?.contains("heirloom") == true)
                && claims["sub"] == .string(read.identity.providerSubject)
                && (1...255).contains(read.identity.providerSubject.utf8.count)
                && abs(read.issuedAt - Self.now) <= 600
            #expect(isDemanded, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `accepted logout tokens and events are within their bounds`() throws {
        let logouts = LogoutTokenGate(provider)
        let events = try #require(SecurityEventGate(provider))
        for input in try Fuzzer("provider-messages") {
            let token = try sign(input)
            if let logout = try? logouts.verify(token, keys: keys, at: Self.now) {
                #expect(abs(logout.issuedAt - Self.now) <= 600, "\(Fuzzer.escape(input))")
                #expect(try JSONReader.read(input)["nonce"] == nil, "\(Fuzzer.escape(input))")
            }
            if let event = try? events.verify(token, keys: keys, at: Self.now) {
                #expect(event.happenedAt <= event.issuedAt && event.happenedAt >= 0, "\(Fuzzer.escape(input))")
                #expect(event.issuedAt <= Self.now + 60, "\(Fuzzer.escape(input))")
            }
        }
    }

    @Test func `endpoints of metadata are absolute https URLs`() throws {
        for input in try Fuzzer("provider-metadata") {
            guard let metadata = try? ProviderMetadata(input, of: provider) else { continue }
            for url in [metadata.authorizationEndpoint, metadata.tokenEndpoint, metadata.jwksURI] {
                let isSafe = url.hasPrefix("https://") || url.lowercased().hasPrefix("https://")
                #expect(isSafe && url.utf8.allSatisfy { (0x21..<0x7F).contains($0) }, "\(Fuzzer.escape(input))")
            }
            #expect(metadata.issuer.isExactly("https://op.example"), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `the keys of any foreign set verify or refuse`() async throws {
        let token = try sign(Array("{}".utf8))
        let jws = StrictJWS(types: [nil], algorithms: ["EdDSA"], mayLackKeyID: true)
        for input in try Fuzzer("jwks") {
            guard let set = try? await VerificationKeys(foreign: input, algorithms: ["EdDSA", "ES256", "RS256"]) else {
                continue
            }
            // None of the sets has the key that signed the token.
            #expect(throws: TokenRefusal.self, "\(Fuzzer.escape(input))") { try jws.verify(token, keys: set) }
        }
    }

    @Test func `no change of an attempt's cookie is read`() throws {
        let seal = AttemptSeal(TestService.masterKeys())
        let attempt = Attempt(
            at: provider, purpose: .signIn(client: .web, scope: .none, isRemembered: true), returnTo: "/",
            now: Timestamp(seconds: Self.now), lifetimeSeconds: 600, entropy: .seeded(3))
        let name = try #require(Attempt.cookieName(of: attempt.state))
        let value = try seal.seal(attempt, cookieName: name)
        for input in Fuzzer(corpus: [Array(value.utf8)]) {
            let text = String(decoding: input, as: UTF8.self)
            guard seal.open(text, cookieName: name, provider: provider.id) != nil else { continue }
            #expect(text.isExactly(value), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `the cookies of other attempts do not hide an attempt's own`() throws {
        let name = "\(Attempt.cookiePrefix)AAAAAAAAAAAA"
        for input in try Fuzzer("cookie") {
            let text = String(decoding: input, as: UTF8.self)
            var headers: HeaderFields = [:]
            headers.append(.cookie, "\(text); \(name)=own")
            let cookies = AttemptCookies(Request(.get, "/", headers: headers))
            // It may be there twice. Then neither counts.
            #expect(["own", nil].contains(cookies.values[name]), "\(Fuzzer.escape(input))")
            #expect(cookies.values[name] == "own" || text.contains(name), "\(Fuzzer.escape(input))")
            let isPlain = cookies.values.allSatisfy { name, value in
                name.hasPrefix(Attempt.cookiePrefix) && value.utf8.count <= 4096
                    && value.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
            }
            #expect(isPlain, "\(Fuzzer.escape(input))")
            #expect(!cookies.displaced(by: name).contains(name), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a browser that is led on stays on this origin or goes to a listed place`() throws {
        let place = try #require(ReturnTargets.Place("https://app.example/in"))
        let targets = ReturnTargets([place])
        let own = try #require(URL(string: "https://id.example/account"))
        for input in try Fuzzer("return-target") {
            guard let target = targets.allowed(String(decoding: input, as: UTF8.self)) else { continue }
            let url = try #require(URL(string: target, relativeTo: own)?.absoluteURL, "\(Fuzzer.escape(input))")
            let path = url.standardized.path(percentEncoded: false)
            let host = url.host()?.lowercased()
            let isListed = host == "app.example" && (path == "/in" || path.hasPrefix("/in/"))
            #expect(isListed || host == "id.example", "\(Fuzzer.escape(input))")
            #expect(url.scheme == "https" && [nil, 443].contains(url.port), "\(Fuzzer.escape(input))")
            #expect(url.user() == nil && url.password() == nil, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `requirements of any form are judged`() throws {
        for input in try Fuzzer("id-token-claims") {
            guard let claims = try? JSONReader.read(input) else { continue }
            let required = Requirements(
                .object(["email_domain": .array([.string("a")]), "sub": .array([.string("b")])]))
            #expect(try #require(required).judge(claims) != .met, "\(Fuzzer.escape(input))")
        }
    }
}
