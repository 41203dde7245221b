import Testing
import TokenVerifier

struct ProofURITests {
    @Test(arguments: [
        ("https://id.example/a", "https://id.example/a"), ("HTTPS://ID.Example/a", "https://id.example/a"),
        ("https://id.example:443/a", "https://id.example/a"), ("http://id.example:80/a", "http://id.example/a"),
        ("https://id.example:/a", "https://id.example/a"), ("https://id.example:80/a", "https://id.example:80/a"),
        ("http://id.example:443/a", "http://id.example:443/a"), ("http://h:08080/", "http://h:8080/"),
        ("https://id.example", "https://id.example/"), ("https://id.example?q", "https://id.example/"),
        ("https://id.example/a?b#c", "https://id.example/a"), ("https://id.example/a#b?c", "https://id.example/a"),
        ("https://id.example/%41%7e%2D", "https://id.example/A~-"),
        ("https://id.example/%2f%e2%82%ac", "https://id.example/%2F%E2%82%AC"),
        ("https://id.example/a/./b/../c", "https://id.example/a/c"), ("https://id.example/..", "https://id.example/"),
        ("https://id.example/a/..", "https://id.example/"), ("https://id.example/a/.", "https://id.example/a/"),
        ("https://id.example/%2e%2E/a/%2e", "https://id.example/a/"), ("https://h/a/b/../..", "https://h/"),
        ("https://h/../../../a", "https://h/a"), ("https://h/a//../b", "https://h/a/b"),
        ("https://h/...", "https://h/..."),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"), ("https://[::1]:8443", "https://[::1]:8443/"),
        ("https://%49d.example/", "https://id.example/"), ("https://a%2fB/", "https://a%2Fb/"),
        ("http://127.0.0.1:8080/v1/login", "http://127.0.0.1:8080/v1/login"),
        ("https://id.example/a|b\\c\"", "https://id.example/a|b\\c\""),
    ])
    func `a URI is normalized`(text: String, expected: String) {
        #expect(ProofURI(text).map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
    }

    @Test(arguments: [
        ("https://id.example/a", "https://id.example/a/"), ("https://id.example/a", "https://id.example//a"),
        ("https://id.example/a", "https://id.example/A"), ("https://id.example/a", "http://id.example/a"),
        ("https://id.example/a", "https://id.example./a"), ("https://id.example/a%2Fb", "https://id.example/a/b"),
        ("https://id.example/a", "https://id.example:8443/a"), ("https://id.example/a+b", "https://id.example/a%20b"),
        ("https://id.example/a;b", "https://id.example/a%3Bb"),
    ])
    func `there is no other equivalence`(left: String, right: String) throws {
        #expect(try #require(ProofURI(left)) != #require(ProofURI(right)))
    }

    @Test(arguments: [
        "", "/a", "id.example/a", "//id.example/a", "ftp://id.example/a", "wss://id.example/", "https:/id.example/a",
        "https:id.example", "https:///a", "https://", "https://:443/", "https://a@id.example/",
        "https://a:b@id.example/",
        "https://@id.example/", "https://id.example@evil.example/", "https://id.example:4a3/",
        "https://id.example:65536/",
        "https://id.example:-1/", "https://id.example:999999/", "https://id.example:443:443/", "https://[::1/",
        "https://[::1]a/", "https://[v1.x]/", "https://::1/", "https://id.example/%", "https://id.example/%4",
        "https://id.example/%zz", "https://%/", "https://id.example/\u{E9}", "https://\u{E9}.example/", "https://i d/",
        "https://id.example/a b", "https://id.example/\n", "https://id.example/\0", " https://id.example/",
        "https\u{FF1A}//id.example/", "https:/\u{338}/id.example/", "https://id.example\\@evil.example/",
        "https://id\\.example/",
    ])
    func `what is not an absolute HTTP URI is refused`(text: String) { #expect(ProofURI(text) == nil) }

    @Test func `a path is joined to a base`() {
        #expect(ProofURI(base: "https://id.example", path: "/a") == ProofURI("https://id.example/a"))
        #expect(ProofURI(base: "https://id.example/t/", path: "/a?b=c") == ProofURI("https://id.example/t/a"))
        #expect(ProofURI(base: "https://id.example/t", path: "//a") == ProofURI("https://id.example/t//a"))
        #expect(ProofURI(base: "https://id.example", path: "@evil.example/a") == nil)
        #expect(ProofURI(base: "https://id.example", path: "a") == nil)
        #expect(ProofURI(base: "https://id.example?x", path: "/a") == nil)
        #expect(ProofURI(base: "https://id.example/#", path: "/a") == nil)
    }
}
