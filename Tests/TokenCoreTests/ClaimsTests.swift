import StrictCoding
import Testing
import TokenCore

struct ClaimsTests {
    private func check(_ text: String) throws -> Claims? { try Claims.checking(JSONReader.read(Array(text.utf8))) }

    @Test(arguments: [
        (#"{"role":"admin","tenant":7}"#, #"{"role":"admin","tenant":7}"#),
        (#"{ "a" : { "b" : [ { } ] } }"#, #"{"a":{"b":[{}]}}"#),
        (
            #"{"roles":["a","b"],"groups":[],"entitlements":null}"#,
            #"{"roles":["a","b"],"groups":[],"entitlements":null}"#
        ),
        (#"{"":true,"\u0000":-1.5e2,"Iss":1,"iss ":1}"#, #"{"":true,"\u0000":-150.0,"Iss":1,"iss ":1}"#),
        // U+212B and U+00C5 are two names.
        ("{\"\u{212B}\":1,\"\u{C5}\":2}", "{\"\u{212B}\":1,\"\u{C5}\":2}"),
    ])
    func `claims are kept as compact JSON`(text: String, json: String) throws {
        let claims = try #require(try check(text))
        #expect(claims.text.isExactly(json))
        #expect(Claims(stored: claims.text) == claims)
    }

    @Test func `an empty object is no claims`() throws { #expect(try check("{}") == nil) }

    @Test(arguments: ["null", "true", "1", "\"x\"", "[]", "[{\"a\":1}]"])
    func `only an object is claims`(text: String) {
        #expect(throws: Claims.Failure.self) { try check(text) }
        #expect(Claims(stored: text) == nil)
    }

    @Test(arguments: [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "sid", "auth_time", "acr", "amr", "cnf",
        "act", "may_act", "active", "username", "token_type", "azp", "nonce", "at_hash", "events", "txn", "toe",
        "sub_id",
    ])
    func `reserved names are refused`(name: String) throws {
        #expect(throws: Claims.Failure.reserved(name)) { try check(#"{"role":"x","\#(name)":null}"#) }
        // In another spelling of JSON too.
        let escaped = name.unicodeScalars.map { "\\u00" + String($0.value, radix: 16) }.joined()
        #expect(throws: Claims.Failure.reserved(name)) { try check("{\"\(escaped)\":1}") }
        #expect(try check(#"{"a":{"\#(name)":1}}"#) != nil)
    }

    @Test func `claims nest to four levels`() throws {
        #expect(try check(#"{"a":{"b":[{"c":1}]}}"#) != nil)
        #expect(throws: Claims.Failure.tooDeep) { try check(#"{"a":{"b":[{"c":[]}]}}"#) }
        #expect(throws: Claims.Failure.tooDeep) { try check(#"{"a":[[[[]]]]}"#) }
    }

    @Test(arguments: ["x", "\u{E9}", "\u{1F4BB}"])
    func `claims have at most 2048 bytes`(character: String) throws {
        func claims(_ length: Int) throws -> Claims? {
            let count = (length - 10) / character.utf8.count
            let rest = (length - 10) % character.utf8.count
            return try check(
                #"{"role":""# + String(repeating: character, count: count) + String(repeating: "y", count: rest)
                    + "\"}")
        }
        #expect(try claims(2048 - 1)?.json.count == 2048)
        #expect(throws: Claims.Failure.tooLong) { try claims(2048) }
    }
}
