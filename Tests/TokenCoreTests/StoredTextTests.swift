import Testing
import TokenCore

/// Texts from outside are cut by bytes before they are stored, and ids that cannot exist are not stored at all.
struct StoredTextTests {
    @Test(arguments: [
        ("", 0, ""), ("abc", 3, "abc"), ("abc", 2, "ab"), ("a\u{E9}", 2, "a"), ("a\u{E9}", 3, "a\u{E9}"),
        ("\u{1F4BB}", 3, ""), ("\u{1F4BB}", 4, "\u{1F4BB}"), ("a\u{301}\u{316}", 4, "a\u{301}"),
        ("\u{301}\u{301}", 1, ""), ("a\u{0}b", 2, "a\u{0}"),
    ])
    func `a text is cut at a whole scalar`(text: String, limit: Int, expected: String) {
        #expect(Array(text.prefix(bytes: limit).utf8) == Array(expected.utf8))
    }

    @Test(arguments: [
        "", " ", "?", "web ", "w\u{E9}b", "\u{301}", "a\u{0}", "a/b", String(repeating: "a", count: 65),
        String(repeating: "a\u{301}", count: 5000),
    ])
    func `a name that no client can have is not kept`(name: String) {
        #expect(ClientID(requested: name) == ClientID("?"))
        #expect(ClientID(named: name) == nil)
    }

    @Test(arguments: ["web", "a", "A.b_c-9", String(repeating: "a", count: 64)])
    func `the name of a client is kept`(name: String) {
        #expect(ClientID(requested: name).value == name)
    }
}
