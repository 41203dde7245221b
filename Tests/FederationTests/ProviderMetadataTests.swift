import Federation
import Foundation
import StrictCoding
import Testing

struct ProviderMetadataTests {
    let op = TestProvider()

    @Test func `the endpoints are read`() throws {
        let metadata = try ProviderMetadata(Array(TestProvider.metadata.utf8), of: op.provider)
        #expect(metadata.authorizationEndpoint == "https://op.example/authorize")
        #expect(metadata.tokenEndpoint == "https://op.example/token")
        #expect(metadata.jwksURI == "https://op.example/keys")
        #expect(metadata.userInfoEndpoint == "https://op.example/userinfo")
        #expect(metadata.algorithms == ["RS256", "ES256"])
        #expect(!metadata.namesIssuerInResponses)
    }

    @Test(arguments: [
        ("https://op.example", "https://op.example/.well-known/openid-configuration"),
        ("https://op.example/", "https://op.example/.well-known/openid-configuration"),
        ("https://op.example/a/b", "https://op.example/a/b/.well-known/openid-configuration"),
    ])
    func `the metadata of an issuer is below it`(issuer: String, url: String) {
        #expect(ProviderMetadata.url(of: issuer) == url)
    }

    static let hostile: [(String, String)] = [
        // discovery-issuer-mismatch
        (#""issuer":"https://op.example""#, #""issuer":"https://op.example/""#),
        (#""issuer":"https://op.example""#, #""issuer":"https://op.example\u0301""#),
        (#""issuer":"https://op.example","#, ""), (#""issuer":"https://op.example""#, #""issuer":7"#),
        (#""issuer":"https://op.example""#, #""issuer":["https://op.example"]"#),
        (#""issuer":"https://op.example""#, #""issuer":"https://op.example","issuer":"https://op.example""#),
        (#","token_endpoint":"https://op.example/token""#, ""), ("https://op.example/token", "http://op.example/token"),
        ("https://op.example/token", "javascript:alert(1)"), ("https://op.example/token", "//op.example/token"),
        ("https://op.example/token", "/token"), ("https://op.example/token", "https:///token"),
        ("https://op.example/token", "https://op.example/token#a"),
        ("https://op.example/token", "https://op.example@evil.example/token"),
        ("https://op.example/token", "https://op.example/to ken"),
        ("https://op.example/token", #"https://op.example\\@evil.example/"#),
        ("https://op.example/token", #"https://op.example/\n"#), ("https://op.example/token", "http://127.0.0.1/token"),
        ("https://op.example/token", "https://op.example/" + String(repeating: "a", count: 2048)),
        (#""https://op.example/token""#, "null"), (#""https://op.example/token""#, "7"),
        ("https://op.example/authorize", "data:text/html,x"), ("https://op.example/keys", "file:///etc/passwd"),
        ("https://op.example/userinfo", "ftp://op.example/"), (#"["RS256","ES256"]"#, #""RS256""#),
        (#"["RS256","ES256"]"#, "[7]"), (#"["client_secret_basic"]"#, "{}"),
        (#""token_endpoint":"#, #""authorization_response_iss_parameter_supported":"yes","token_endpoint":"#),
        (#"{"issuer""#, #"[{"issuer""#),
    ]

    @Test(arguments: hostile)
    func `metadata with a fault is refused`(old: String, new: String) {
        let text = TestProvider.metadata.changing(old, to: new)
        #expect(throws: ProviderMetadata.Mistake.self) { try ProviderMetadata(Array(text.utf8), of: op.provider) }
    }

    @Test func `a mismatch names both issuers`() {
        let text = TestProvider.metadata.changing(
            #"{"issuer":"https://op.example""#, to: #"{"issuer":"https://x.example""#)
        let mistake = #expect(throws: ProviderMetadata.Mistake.self) {
            try ProviderMetadata(Array(text.utf8), of: op.provider)
        }
        #expect(mistake?.description.contains("https://op.example") == true)
        #expect(mistake?.description.contains("https://x.example") == true)
    }

    @Test func `a provider on this machine may use http, and an alias may be its name`() throws {
        var provider = op.provider
        provider.issuer = "http://127.0.0.1:9000"
        provider.issuerAliases = ["http://localhost:9000"]
        let text = TestProvider.metadata.replacingOccurrences(of: "https://op.example", with: "http://localhost:9000")
        #expect(try ProviderMetadata(Array(text.utf8), of: provider).tokenEndpoint == "http://localhost:9000/token")
    }

    @Test(arguments: ["", "x", "A", "a-b", "a_b", "\u{E4}", "a.b", String(repeating: "a", count: 33), "a\u{0}"])
    func `a provider's id is lower-case letters and digits`(text: String) {
        #expect(ProviderID(text) == nil || text == "x")
    }

    @Test(arguments: [
        ("https://op.example", true), ("https://op.example/a?b=c", false), ("http://op.example", false),
        ("http://localhost:1", true), ("http://127.0.0.1", true), ("http://[::1]:5", true),
        ("http://127.0.0.1.evil.example", false), ("https://op.example:443/a", true), ("https://op.example.", true),
        ("https://id_1.internal", true), ("https://[2001:db8::1]", true),
    ])
    func `an issuer is by https, or on this machine`(text: String, isIssuer: Bool) {
        #expect(EndpointURL(text)?.isIssuer == isIssuer)
    }

    @Test(arguments: [
        "https://%00/", "https://op%2eexample", "http://localhost:/", "https://op.example:0",
        "https://op.example:65536", "https://op.example:+1", "https://op..example", "https://.", "https://.op.example",
        "https://op,example",
        "https://[::1", "https://[op.example]", "https://[::1]1", "https://[fe80::1%25eth0]",
        "https://\(String(repeating: "a", count: 64)).example",
    ])
    func `a host is a name or an address, and a port is a number`(text: String) {
        #expect(EndpointURL(text) == nil)
    }
}
