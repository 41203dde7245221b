import Testing
import TokenVerifierHummingbird

struct TokenCredentialTests {
    private func refusal(_ values: String...) -> BearerChallenge? {
        do throws(BearerChallenge) {
            _ = try TokenCredential(values)
            return nil
        } catch { return error }
    }

    @Test(arguments: ["Bearer abc", "bearer abc", "BEARER abc", "Bearer  abc"])
    func `the token follows the scheme and spaces`(value: String) throws {
        #expect(try TokenCredential([value]).token == "abc")
    }

    @Test(arguments: ["DPoP abc", "dpop abc", "DPOP   abc"])
    func `a token with a proof has the scheme DPoP`(value: String) throws {
        let credential = try TokenCredential([value])
        #expect(credential.scheme == .dpop && credential.token == "abc")
        #expect(try TokenCredential(["Bearer abc"]).scheme == .bearer)
    }

    @Test func `the token is not cut at separators`() throws {
        #expect(try TokenCredential(["Bearer a b,c;d=\"e\""]).token == "a b,c;d=\"e\"")
    }

    @Test(arguments: [
        "", " ", "Basic YTpi", "Bearers abc", "Beare abc", "Bearer\tabc", "Bearer,abc", " Bearer abc",
        "DPoP,abc", "DP0P abc", "DPoPs abc", "dpo\u{10} abc",
    ])
    func `another scheme is no bearer token`(value: String) {
        guard case .missing = refusal(value) else {
            Issue.record("\(value) is not taken for another scheme")
            return
        }
    }

    @Test func `no header, two headers and an empty token are refused`() {
        guard case .missing = refusal(), case .invalidRequest = refusal("Bearer a", "Bearer a"),
            case .invalidRequest = refusal("Bearer a", "Basic YTpi"), case .invalidToken = refusal("Bearer"),
            case .invalidToken = refusal("Bearer "), case .invalidToken = refusal("Bearer   ")
        else {
            Issue.record("a request is not refused as documented")
            return
        }
    }

    /// Characters that are canonically equivalent to ASCII or decompose to it, spaces, and marks that combine with what
    /// precedes them.
    static let hostile = [
        "\u{37E}", "\u{1FEF}", "\u{340}", "\u{341}", "\u{343}", "\u{387}", "\u{2000}", "\u{2001}", "\u{2126}",
        "\u{212A}", "\u{A0}", "\u{3000}", "\u{FF1A}", "\u{FEFF}", "\u{301}", "\u{338}", "\u{301}\u{316}",
        String(repeating: "\u{301}\u{316}", count: 4000),
    ]

    @Test(arguments: hostile)
    func `a character outside ASCII is refused wherever it is`(character: String) {
        let values = [
            "Bearer\(character)abc", "Bearer\(character) abc", "Bearer \(character)abc", "Bearer abc\(character)",
            "Bearer a.b\(character).c", "\(character)Bearer abc", "Be\(character)arer abc", "Basic \(character)",
            character,
        ]
        for value in values {
            guard case .invalidRequest = refusal(value) else {
                Issue.record("\(value.unicodeScalars.prefix(20).map { String($0.value, radix: 16) }) is not refused")
                continue
            }
        }
    }
}
