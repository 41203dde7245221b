import StrictCoding
import Testing
import TokenTesting
import TokenVerifier

struct FeedFuzzTests {
    private let now = 1_800_000_000

    private func token(subject: String, session: String) -> AccessToken {
        AccessToken(
            issuer: "https://id.example", subject: subject, audience: ["api"], clientID: "web", issuedAt: now,
            expiresAt: now + 600, id: "1", sessionID: session, scope: [], authenticatedAt: nil,
            authenticationMethods: [])
    }

    @Test func `a page that is refused changes nothing, and none undoes a revocation without a reset`() throws {
        let known = #"{"revocations":[{"kind":"session","id":"known","until":1800000600}],"next":1,"reset":true}"#
        for input in try Fuzzer("feed") {
            guard let page = try? JSONReader.read(input) else { continue }
            let list = RevocationList(leeway: 10)
            #expect(list.apply(try JSONReader.read(Array(known.utf8)), at: now) == 1)
            let next = list.apply(page, at: now)
            let isRevoked = list.refusal(of: token(subject: "somebody", session: "known")) == .revoked
            #expect(isRevoked || next != nil && page["reset"] == .bool(true), "\(Fuzzer.escape(input))")
            guard let next else {
                #expect(list.count == 1, "\(Fuzzer.escape(input))")
                continue
            }
            #expect((0...1 << 53).contains(next), "\(Fuzzer.escape(input))")
            guard case .array(let entries)? = page["revocations"] else { continue }
            #expect(list.count <= entries.count + 1, "\(Fuzzer.escape(input))")
            for id in entries.compactMap({ $0["id"]?.string }) {
                _ = list.refusal(of: token(subject: id, session: id))
            }
            // Everything ends, whatever `until` was.
            _ = list.apply(
                .object(["revocations": .array([]), "next": .integer(1), "reset": .bool(false)]), at: 1 << 54)
            #expect(list.count == 0, "\(Fuzzer.escape(input))")
        }
    }
}
