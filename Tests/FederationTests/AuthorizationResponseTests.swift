import Federation
import Testing

struct AuthorizationResponseTests {
    static let state = String(repeating: "s", count: 42) + "A"

    @Test func `the known parameters are passed on, and others are not`() throws {
        let query =
            "code=a%2Bb&state=\(Self.state)&iss=https%3A%2F%2Fop.example&scope=openid&authuser=0&session_state=x"
        let response = try AuthorizationResponse(query.utf8)
        #expect(response.query == "code=a%2Bb&state=\(Self.state)&iss=https%3A%2F%2Fop.example")
        #expect(response.cookieName == "__Host-heirloom-login-ssssssssssss")
        #expect(try AuthorizationResponse(response.query.utf8).query == response.query)
    }

    @Test(arguments: ["", "&&", "x=1", "state=", "state=abc", "code=a&state=%20", "state=\(state)A"])
    func `a response without a state of ours names no cookie`(query: String) throws {
        #expect(try AuthorizationResponse(query.utf8).cookieName == nil)
    }

    @Test(arguments: [
        "code=a&code=a", "code=a&code=b", "state=a&state=a", "iss=a&iss=", "error=a&error=b", "x=1&x=2",
        "c%6Fde=a&code=a",
        "code=%", "code=%4", "code=%zz", "code=%00", "code=%0A", "code=a%7F", "code=%C3%A9", "code=%FF", "%FF=a",
        "code=\u{E9}", "state=\u{301}", "code=" + String(repeating: "a", count: 2049),
        "x=" + String(repeating: "a", count: 4095), "id_token=%80", "code=" + String(repeating: "(", count: 1400),
    ])
    func `a malformed response is refused`(query: String) {
        #expect(throws: FederationRefusal.responseMalformed) { try AuthorizationResponse(query.utf8) }
    }

    @Test(arguments: [
        "code=" + String(repeating: "a", count: 2048), "x=" + String(repeating: "a", count: 4094), "user=%00&code=a",
    ])
    func `a response at the limits is read`(query: String) throws {
        _ = try AuthorizationResponse(query.utf8)
    }
}
