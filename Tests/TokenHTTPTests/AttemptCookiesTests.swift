import HTTPTypes
import Testing
import TokenHTTP

struct AttemptCookiesTests {
    private static func name(_ mark: String) -> String { "__Host-heirloom-login-\(mark)" }

    private static func cookies(_ header: String) -> AttemptCookies {
        var headers: HeaderFields = [:]
        headers[.cookie] = header
        return AttemptCookies(Request(.get, "/", headers: headers))
    }

    @Test
    func `the cookies of attempts are read among others`() {
        let (one, two) = (AttemptCookiesTests.name("AAAAAAAAAAAA"), AttemptCookiesTests.name("b-_9BBBBBBBB"))
        let cookies = AttemptCookiesTests.cookies("a=b; \(one)=x.y;__Host-heirloom-access=z ;  \(two)=w=")
        #expect(cookies.values == [one: "x.y", two: "w="])
    }

    @Test(arguments: [
        "AAAAAAAAAAA", "AAAAAAAAAAAAA", "AAAAAAAAAAA=", "AAAAAAAAAAA.", "AAAAAAAAAAAé", "", "AAAAAA AAAAA",
    ])
    func `a cookie of another name is none`(mark: String) {
        #expect(AttemptCookiesTests.cookies("\(AttemptCookiesTests.name(mark))=x").values.isEmpty)
    }

    @Test
    func `two cookies of one name are none`() {
        let (one, two) = (AttemptCookiesTests.name("AAAAAAAAAAAA"), AttemptCookiesTests.name("BBBBBBBBBBBB"))
        #expect(AttemptCookiesTests.cookies("\(one)=x; \(two)=y; \(one)=x").values == [two: "y"])
    }

    @Test
    func `a value that is too long or not visible is none`() {
        let name = AttemptCookiesTests.name("AAAAAAAAAAAA")
        #expect(AttemptCookiesTests.cookies("\(name)=\(String(repeating: "a", count: 5000))").values.isEmpty)
        #expect(AttemptCookiesTests.cookies("\(name)=a b").values.isEmpty)
    }

    @Test
    func `a new attempt displaces the oldest beyond five`() {
        let names = (0..<7).map { AttemptCookiesTests.name("AAAAAAAAAAA\($0)") }
        let cookies = AttemptCookiesTests.cookies(names.map { "\($0)=x" }.joined(separator: "; "))
        #expect(cookies.displaced(by: AttemptCookiesTests.name("BBBBBBBBBBBB")) == Array(names.prefix(3)))
        #expect(cookies.displaced(by: names[0]) == Array(names[1...2]))
        #expect(AttemptCookiesTests.cookies("a=b").displaced(by: names[0]).isEmpty)
    }
}
