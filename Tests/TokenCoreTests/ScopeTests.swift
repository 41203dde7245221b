import Testing
import TokenCore

struct ScopeTests {
    @Test(arguments: [
        ("", [String]()), ("read", ["read"]), ("read write", ["read", "write"]),
        ("  read   write ", ["read", "write"]),
        ("b a b", ["b", "a"]), ("!#[]~", ["!#[]~"]), ("https://x.example/y?z=1", ["https://x.example/y?z=1"]),
    ])
    func `a scope is a set that keeps its order`(text: String, tokens: [String]) {
        #expect(Scope(text)?.tokens == tokens)
        #expect(Scope(text)?.description == tokens.joined(separator: " "))
    }

    @Test(arguments: [
        "a\"b", "a\\b", "a\tb", "a\nb", "a\u{0}", "\u{7F}", "caf\u{E9}", String(repeating: "a", count: 1025),
    ])
    func `characters that RFC 6749 does not allow are refused`(text: String) { #expect(Scope(text) == nil) }

    @Test func `a narrower scope is a subset and a wider one is not`() throws {
        let wide = try #require(Scope("read write"))
        let narrow = try #require(Scope("write"))
        #expect(narrow.isSubset(of: wide) && wide.isSubset(of: wide) && Scope.none.isSubset(of: narrow))
        #expect(!wide.isSubset(of: narrow) && !wide.isSubset(of: .none))
    }
}
