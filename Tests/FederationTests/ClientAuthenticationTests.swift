import Crypto
import CryptoExtras
import Federation
import Foundation
import StrictCoding
import Testing
import TokenVerifier

/// How the service authenticates at the token endpoint.
struct ClientAuthenticationTests {
    /// Returns the token request of a sign-in.
    private func request(
        _ authentication: ClientAuthentication, clientID: String = "heirloom"
    ) async throws -> UpstreamRequest {
        let federation = TestFederation { provider in
            provider.clientAuthentication = authentication
            provider.clientID = clientID
        }
        let visit = try await federation.begin()
        federation.upstream.on(.token, status: 400, "{}")
        _ = try await federation.refusal(visit)
        return try #require(federation.upstream.requests.first { $0.endpoint == .token })
    }

    private func form(_ request: UpstreamRequest) -> [String: String] {
        var components = URLComponents()
        components.percentEncodedQuery = request.form?.replacingOccurrences(of: "+", with: "%20")
        return Dictionary((components.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    private func basic(_ request: UpstreamRequest) -> String? {
        request.headers.first { $0.name == "Authorization" }.flatMap {
            Data(base64Encoded: String($0.value.dropFirst("Basic ".count)))
        }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// client-secret-basic. Some servers do not decode, so what need not be encoded stays as it is.
    @Test(arguments: [
        ("heirloom", "a-b.c_d*e1", "heirloom:a-b.c_d*e1"), ("a b", "p%:+/=~&", "a+b:p%25%3A%2B%2F%3D%7E%26"),
        ("h\u{E9}", "\u{20AC}", "h%C3%A9:%E2%82%AC"),
    ])
    func `the secret in Basic is form-encoded`(client: String, secret: String, expected: String) async throws {
        let request = try await request(.basic(ProviderSecret(secret)), clientID: client)
        #expect(basic(request) == expected)
        #expect(form(request)["client_secret"] == nil && form(request)["client_id"] == nil)
    }

    @Test func `the secret can be a part of the form`() async throws {
        let request = try await request(.post(ProviderSecret("p%:+/=~& \u{E9}")))
        #expect(basic(request) == nil)
        #expect(form(request)["client_id"] == "heirloom")
        #expect(form(request)["client_secret"] == "p%:+/=~& \u{E9}")
    }

    @Test func `a public client has its id alone`() async throws {
        let request = try await request(.none)
        #expect(request.headers.isEmpty)
        #expect(form(request)["client_id"] == "heirloom" && form(request)["client_secret"] == nil)
        #expect(form(request)["code_verifier"]?.utf8.count == 43)
    }

    @Test func `a private key signs an assertion for the token endpoint`() async throws {
        let key = P256.Signing.PrivateKey()
        let request = try await request(.privateKey(ProviderClientKey(pem: key.pemRepresentation)))
        #expect(
            form(request)["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let parts = try #require(form(request)["client_assertion"]).split(separator: ".").map(String.init)
        let header = try JSONReader.read(try #require(Base64URL.decode(parts[0].utf8)))
        let claims = try JSONReader.read(try #require(Base64URL.decode(parts[1].utf8)))
        #expect(header["alg"] == .string("ES256") && header["kid"]?.string?.utf8.count == 43)
        #expect(claims["iss"] == .string("heirloom") && claims["sub"] == .string("heirloom"))
        #expect(claims["aud"] == .string("https://op.example/token"))
        #expect(claims["exp"] == .integer(TestProvider.now + 300) && claims["jti"]?.string?.isEmpty == false)
        let signature = try P256.Signing.ECDSASignature(
            rawRepresentation: try #require(Base64URL.decode(parts[2].utf8)))
        #expect(key.publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
    }

    @Test func `Apple's secret is a token of the team`() async throws {
        let key = P256.Signing.PrivateKey()
        let request = try await request(
            .apple(ProviderClientKey(pem: key.pemRepresentation, id: "K1"), teamID: "TEAM"))
        let parts = try #require(form(request)["client_secret"]).split(separator: ".").map(String.init)
        let header = try JSONReader.read(try #require(Base64URL.decode(parts[0].utf8)))
        let claims = try JSONReader.read(try #require(Base64URL.decode(parts[1].utf8)))
        #expect(header["kid"] == .string("K1") && header["alg"] == .string("ES256"))
        #expect(claims["iss"] == .string("TEAM") && claims["sub"] == .string("heirloom"))
        #expect(claims["aud"] == .string("https://op.example") && form(request)["client_id"] == "heirloom")
    }

    @Test func `an RSA key signs with RS256`() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let request = try await request(.privateKey(ProviderClientKey(pem: key.pemRepresentation, id: "r")))
        let parts = try #require(form(request)["client_assertion"]).split(separator: ".").map(String.init)
        let signature = _RSA.Signing.RSASignature(
            rawRepresentation: Data(try #require(Base64URL.decode(parts[2].utf8))))
        #expect(
            key.publicKey.isValidSignature(
                signature, for: SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8)), padding: .insecurePKCS1v1_5))
    }

    @Test(arguments: ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
    func `what is no private key is refused`(pem: String) {
        #expect(throws: ProviderClientKey.Unusable.self) { try ProviderClientKey(pem: pem) }
    }

    @Test func `no reflection shows a secret`() throws {
        let secret = ProviderSecret("hidden")
        let key = try ProviderClientKey(pem: P256.Signing.PrivateKey().pemRepresentation)
        var text = "\(secret) \(key) "
        dump([secret], to: &text)
        dump([key], to: &text)
        #expect(!text.contains("hidden") && !text.contains("p256"))
    }
}
