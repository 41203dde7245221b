import StrictCoding
import Testing
import TokenCore
import TokenTesting

struct ReferenceTokenTests {
    let keys = ReferenceTokenKeys(TestService.masterKeys(1))
    let entropy = Entropy.seeded(7)

    private func token(
        session: SessionID? = nil, scope: String = "read write", key: KeyThumbprint? = nil
    ) throws -> ReferenceToken {
        ReferenceToken(
            session: session, client: ClientID("app"), scope: try #require(Scope(scope)), key: key,
            issuedAt: 1_800_000_000, expiresAt: 1_800_000_600, id: entropy.bytes())
    }

    @Test(arguments: ["", "read", "read write"]) func `a token is read as it was made`(scope: String) throws {
        let session = SessionID(UUIDv7(at: Timestamp(seconds: 1_800_000_000), random: entropy.bytes()))
        let key = try #require(KeyThumbprint(bytes: (0..<32).map { UInt8($0) }))
        for token in [
            try token(session: session, scope: scope), try token(scope: scope),
            try token(session: session, scope: scope, key: key), try token(scope: scope, key: key),
        ] {
            #expect(keys.open(keys.seal(token)) == token)
        }
    }

    @Test func `changed, cut and foreign tokens are refused`() throws {
        let text = keys.seal(try token())
        let characters = Array(text)
        for index in characters.indices {
            var changed = characters
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(keys.open(String(changed)) == nil)
            #expect(keys.open(String(characters[..<index])) == nil)
        }
        for suffix in ["A", "=", "\n", String(repeating: "A", count: 4000)] { #expect(keys.open(text + suffix) == nil) }
        #expect(ReferenceTokenKeys(TestService.masterKeys(2)).open(text) == nil)
        #expect(ReferenceTokenKeys(TestService.masterKeys(2, 1)).open(text) != nil)
    }
}
