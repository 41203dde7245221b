import Testing
import TokenHTTP

struct ReturnTargetsTests {
    private static let places = ["https://app.example/start", "http://localhost:3000/", "https://two.example"]

    private func targets() throws -> ReturnTargets {
        ReturnTargets(try ReturnTargetsTests.places.map { try #require(ReturnTargets.Place($0)) })
    }

    @Test(arguments: [
        "/", "/notes", "/notes?page=2#top", "/notes?at=https://x", "/%2f%2fevil.example", "/@evil.example", "/./x",
        "/login?return=/x",
        "https://app.example/start", "https://app.example/start/", "https://app.example/start/x?y#z",
        "https://app.example/start?y", "https://app.example:443/start", "http://localhost:3000/",
        "http://localhost:3000/a",
        "http://localhost:3000", "https://two.example", "https://two.example/any/where",
    ])
    func `a path of this origin and a listed place are allowed`(text: String) throws {
        #expect(try targets().allowed(text) == text)
    }

    @Test(arguments: [
        "", " /x", "x", "//evil.example", "///evil.example", "/a//b",
        "/.//x", "/\\evil.example", "\\/evil.example", "/a\\b",
        "/\u{9}/evil",
        "/a\nb", "/a b", "/é", "/\u{0}", "https:/app.example/start", "https:app.example/start", "javascript:alert(1)",
        "https://app.example", "https://app.example/", "https://app.example/starting", "https://app.example/start/../x",
        "https://app.example/start/%2E%2e/x", "https://app.example/./start", "https://app.example/start/%zz",
        "https://app.example@evil.example/start", "https://a:b@app.example/start", "https://app.example:8443/start",
        "https://app.example.evil.example/start", "http://app.example/start", "HTTPS://app.example/start",
        "https://evil.example#https://app.example/start", "https://evil.example?https://app.example/start",
        "http://localhost:30000/", "http://localhost/", "https://", "https:///start", "http://[::1",
        "https://two.example.",
        "//" + String(repeating: "a", count: 600), "/" + String(repeating: "a", count: 512),
    ])
    func `anything else is not`(text: String) throws {
        #expect(try targets().allowed(text) == nil)
    }

    @Test(arguments: [
        "", "/start", "app.example", "https://", "https://a@app.example", "https://app.example?x",
        "https://app.example/#x",
        "ftp://app.example", "https://app.example/a/../b", "https://app.example/a b",
    ])
    func `what is no absolute URL of a place is none`(text: String) {
        #expect(ReturnTargets.Place(text) == nil)
    }
}
