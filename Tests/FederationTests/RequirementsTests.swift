import Federation
import StrictCoding
import Testing

struct RequirementsTests {
    private func json(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }

    static let cases: [(String, String, Requirements.Verdict)] = [
        ("{}", "{}", .met), (#"{"hd":["example.com"]}"#, #"{"hd":"example.com"}"#, .met),
        (#"{"hd":["a","example.com"]}"#, #"{"hd":"example.com"}"#, .met),
        (#"{"hd":["example.com"]}"#, #"{"hd":"Example.com"}"#, .unmet),
        (#"{"hd":["example.com"]}"#, #"{"hd":"example.com.evil"}"#, .unmet),
        (#"{"hd":["example.com"]}"#, #"{"hd":7}"#, .unmet), (#"{"hd":["example.com"]}"#, #"{}"#, .missing),
        (#"{"hd":["example.com"]}"#, #"{"hd":null}"#, .missing),
        (#"{"hd":["\u00e9"]}"#, #"{"hd":"e\u0301"}"#, .unmet),
        (#"{"groups":["staff"]}"#, #"{"groups":["x","staff"]}"#, .met),
        (#"{"groups":["staff"]}"#, #"{"groups":[]}"#, .unmet),
        (#"{"groups":["staff"]}"#, #"{"groups":[["staff"]]}"#, .unmet),
        (#"{"email_verified":[true]}"#, #"{"email_verified":true}"#, .met),
        // Apple
        (#"{"email_verified":[true]}"#, #"{"email_verified":"true"}"#, .met),
        (#"{"email_verified":[true]}"#, #"{"email_verified":"false"}"#, .unmet),
        (#"{"email_verified":[true]}"#, #"{"email_verified":1}"#, .unmet),
        (#"{"email_domain":["example.com"]}"#, #"{"email":"ada@Example.COM"}"#, .met),
        (#"{"email_domain":["example.com"]}"#, #"{"email":"ada@evil.example@example.com"}"#, .met),
        (#"{"email_domain":["example.com"]}"#, #"{"email":"ada@example.com@evil.example"}"#, .unmet),
        (#"{"email_domain":["example.com"]}"#, #"{"email":"example.com"}"#, .unmet),
        (#"{"email_domain":["example.com"]}"#, #"{"email":"ada@\u212aexample.com"}"#, .unmet),
        (#"{"email_domain":["example.com"]}"#, #"{"email":7}"#, .unmet),
        (#"{"email_domain":["example.com"]}"#, #"{"email_domain":"example.com"}"#, .missing),
        (#"{"level":[3],"hd":["a"]}"#, #"{"level":3}"#, .missing),
        (#"{"level":[3],"hd":["a"]}"#, #"{"level":4}"#, .unmet),
    ]

    @Test(arguments: cases)
    func `each requirement must be met`(require: String, claims: String, verdict: Requirements.Verdict) throws {
        #expect(try #require(Requirements(json(require))).judge(json(claims)) == verdict)
    }

    @Test(arguments: [
        "[]", "7", #"{"hd":"example.com"}"#, #"{"hd":[]}"#, #"{"hd":[null]}"#, #"{"hd":[["a"]]}"#, #"{"hd":[1.5]}"#,
    ])
    func `what is no list of allowed values is refused`(text: String) throws {
        #expect(Requirements(try json(text)) == nil)
    }
}
