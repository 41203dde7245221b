import Testing
import TokenCore

struct IdentityTests {
    private static let longest = String(repeating: "x", count: 255)

    @Test(arguments: [
        ("https://accounts.google.com", "110248495921238986420"), ("https://op.example/", "a"),
        ("http://localhost:9400", "alice@example.org"), ("https://op.example/realm", " ~"),
        ("https://" + String(repeating: "x", count: 247), IdentityTests.longest),
    ])
    func `an issuer and a subject make an identity`(issuer: String, subject: String) throws {
        let identity = try #require(Identity(issuer: issuer, providerSubject: subject))
        #expect(identity.issuer == issuer && identity.providerSubject == subject)
        #expect(IdentityID(bytes: identity.id.bytes) == identity.id)
        #expect(IdentityID(text: identity.id.text.utf8) == identity.id)
    }

    @Test(arguments: [
        ("", "a"), ("https://", "a"), ("accounts.google.com", "a"), ("HTTPS://op.example", "a"),
        ("ftp://op.example", "a"), ("https://op example", "a"), ("https://op.example\n", "a"),
        ("https://op.example\u{0}", "a"), ("https://\u{F6}p.example", "a"),
        ("https://" + String(repeating: "x", count: 248), "a"), ("https://op.example", ""),
        ("https://op.example", IdentityTests.longest + "x"), ("https://op.example", "\u{E9}"),
        ("https://op.example", "e\u{301}"), ("https://op.example", "a\u{0}b"), ("https://op.example", "a\tb"),
        ("https://op.example", "a\u{7F}"),
    ])
    func `anything else is no identity`(issuer: String, subject: String) {
        #expect(Identity(issuer: issuer, providerSubject: subject) == nil)
    }

    @Test func `the parts of a key cannot be exchanged`() throws {
        let keys = [
            ("https://a", "bc"), ("https://ab", "c"), ("https://a", "BC"), ("https://a/", "bc"), ("http://a", "bc"),
        ].compactMap { Identity(issuer: $0.0, providerSubject: $0.1)?.id }
        #expect(Set(keys).count == 5)
        let one = UpstreamSessionID(issuer: "https://a", sid: "bc")
        #expect(one != UpstreamSessionID(issuer: "https://ab", sid: "c"))
        #expect(UpstreamSessionID(bytes: one.bytes) == one)
        // An identity and a session at the provider of the same parts have the same hash, in different columns.
        #expect(one.bytes == keys[0].bytes)
    }

    @Test(arguments: ["", "A", "AA", String(repeating: "A", count: 42), String(repeating: "A", count: 44), "\u{E9}"])
    func `what is no key is not read as one`(text: String) {
        #expect(IdentityID(text: text.utf8) == nil)
        #expect(IdentityID(bytes: Array(text.utf8)) == nil && UpstreamSessionID(bytes: Array(text.utf8)) == nil)
    }

    @Test func `things of other kinds or other parts are used on their own`() {
        let uses = [
            UsedOnce.attempt("a", createdAt: 7, forgottenAfter: 60),
            .attempt("b", createdAt: 7, forgottenAfter: 60), .attempt("a", createdAt: 8, forgottenAfter: 60),
            .idToken(of: "https://op", named: "a", issuedAt: 7, forgottenAfter: 60),
            .idToken(of: "https://o", named: "pa", issuedAt: 7, forgottenAfter: 60),
            .securityEvent(of: "https://op", named: "a", issuedAt: 7, forgottenAfter: 60),
        ]
        #expect(Set(uses).count == uses.count)
        #expect(uses[0] == .attempt("a", createdAt: 7, forgottenAfter: 90))
    }
}
