import StrictCoding
import Testing
import TokenVerifier

struct RevocationListTests {
    private let list = RevocationList(leeway: 10)
    private let now = 1_800_000_000

    private func token(subject: String = "ada", session: String? = "2") -> AccessToken {
        AccessToken(
            issuer: "https://id.example", subject: subject, audience: ["api"], clientID: "web", issuedAt: now,
            expiresAt: now + 600, id: "1", sessionID: session, scope: [], authenticatedAt: nil,
            authenticationMethods: [])
    }

    @discardableResult
    private func apply(_ entries: String, next: String = "1", reset: String = "false") throws -> Int? {
        let page = #"{"revocations":[\#(entries)],"next":\#(next),"reset":\#(reset)}"#
        return list.apply(try JSONReader.read(Array(page.utf8)), at: now)
    }

    @Test(arguments: [
        "-1", "9223372036854775807", "9223372036854775808", "9007199254740993", "1.0", "1e3", "\"1\"", "null",
    ])
    func `a page with a position out of range changes nothing`(next: String) throws {
        let entry = #"{"kind":"session","id":"2","until":1800000600}"#
        #expect(try apply(entry, next: next, reset: "true") == nil && list.count == 0)
        #expect(try apply(entry, next: "9007199254740992") == 1 << 53 && list.count == 1)
    }

    @Test(arguments: ["\"true\"", "1", "null", "[]"])
    func `a page without a Boolean reset changes nothing`(reset: String) throws {
        #expect(try apply(#"{"kind":"session","id":"2","until":1800000600}"#, reset: reset) == nil && list.count == 0)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "0", "9007199254740993"])
    func `an entry with extreme times takes effect and ends`(time: String) throws {
        try apply(
            #"{"kind":"session","id":"2","until":9223372036854775807},"#
                + #"{"kind":"claims","id":"eve","before":\#(time),"until":\#(time)},"#
                + #"{"kind":"subject","id":"eve","before":\#(time),"until":\#(time)}"#)
        #expect(list.refusal(of: token()) == .revoked)
        #expect(
            list.apply(.object(["revocations": .array([]), "next": .integer(1), "reset": .bool(false)]), at: 1 << 54)
                == 1)
        #expect(list.count == 0)
    }

    @Test(arguments: [
        "null", "1", "[]", "{}", #"{"kind":"session","id":2,"until":1}"#, #"{"kind":"session","id":"2"}"#,
        #"{"kind":"session","id":"2","until":1.5}"#, #"{"kind":"session","id":"2","until":9223372036854775808}"#,
        #"{"kind":"subject","id":"ada","until":1}"#, #"{"kind":"claims","id":"ada","until":1800000600}"#,
        "{\"kind\":\"session\u{301}\",\"id\":\"2\",\"until\":1800000600}",
    ])
    func `an entry that is not one of a known kind is ignored`(entry: String) throws {
        #expect(try apply(entry) == 1 && list.count == 0)
    }

    /// U+212B, the Ångström sign, is canonically equivalent to U+00C5.
    @Test func `ids are compared as bytes`() throws {
        try apply(
            #"{"kind":"subject","id":"\#u{C5}","before":9007199254740992,"until":1800000600},"#
                + #"{"kind":"session","id":"\#u{C5}","until":1800000600}"#)
        for named in [token(subject: "\u{C5}"), token(session: "\u{C5}")] {
            #expect(list.refusal(of: named) == .revoked)
        }
        for other in ["\u{212B}", "A\u{30A}"] {
            #expect(list.refusal(of: token(subject: other)) == nil && list.refusal(of: token(session: other)) == nil)
        }
        #expect(list.refusal(of: token(session: nil)) == nil)
    }

    /// The token is issued at `now`.
    @Test(arguments: [(0, nil), (1, TokenRefusal.outdated), (-1, nil)])
    func `claims that have changed make tokens outdated that were issued before`(
        seconds: Int, refusal: TokenRefusal?
    ) throws {
        try apply(#"{"kind":"claims","id":"ada","before":\#(now + seconds),"until":\#(now + 600)}"#)
        #expect(list.refusal(of: token()) == refusal && list.refusal(of: token(subject: "bob")) == nil)
        // The latest change applies, and an end of the session outweighs it.
        try apply(#"{"kind":"claims","id":"ada","before":\#(now - 9),"until":\#(now + 600)}"#)
        #expect(list.refusal(of: token()) == refusal && list.count == 1)
        try apply(#"{"kind":"session","id":"2","until":\#(now + 600)}"#)
        #expect(list.refusal(of: token()) == .revoked)
        try apply("", reset: "true")
        #expect(list.refusal(of: token()) == nil && list.count == 0)
    }
}
