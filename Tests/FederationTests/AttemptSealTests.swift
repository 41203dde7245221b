import Federation
import Testing
import TokenCore
import TokenTesting

struct AttemptSealTests {
    let op = TestProvider()
    let now = Timestamp(seconds: TestProvider.now)

    private func attempt(_ purpose: Attempt.Purpose, returnTo: String? = "/notes?a=b") -> Attempt {
        Attempt(
            at: op.provider, purpose: purpose, returnTo: returnTo, now: now, lifetimeSeconds: 600, entropy: .seeded(7))
    }

    @Test(arguments: [
        Attempt.Purpose.signIn(client: .web, scope: .none, isRemembered: true),
        .signIn(client: ClientID("app"), scope: Scope("read write") ?? .none, isRemembered: false, isFresh: true),
        .link(SessionID(UUIDv7(high: 1, low: 2))),
    ])
    func `what is sealed is read again`(purpose: Attempt.Purpose) throws {
        let seal = AttemptSeal(TestService.masterKeys())
        let attempt = attempt(purpose)
        let name = try #require(Attempt.cookieName(of: attempt.state))
        let value = try seal.seal(attempt, cookieName: name)
        #expect(seal.open(value, cookieName: name, provider: op.provider.id) == attempt)
        #expect(value.utf8.count <= 700)
    }

    @Test func `a cookie of another name, provider or key is not read`() throws {
        let seal = AttemptSeal(TestService.masterKeys(1))
        let attempt = attempt(.signIn(client: .web, scope: .none, isRemembered: true))
        let name = try #require(Attempt.cookieName(of: attempt.state))
        let value = try seal.seal(attempt, cookieName: name)
        let other = try #require(ProviderID("other"))
        #expect(seal.open(value, cookieName: name + "x", provider: op.provider.id) == nil)
        #expect(seal.open(value, cookieName: name, provider: other) == nil)
        #expect(AttemptSeal(TestService.masterKeys(2)).open(value, cookieName: name, provider: op.provider.id) == nil)
        // A previous master key.
        let rotated = AttemptSeal(TestService.masterKeys(2, 1))
        #expect(rotated.open(value, cookieName: name, provider: op.provider.id) == attempt)
    }

    @Test func `no change of a cookie is read`() throws {
        let seal = AttemptSeal(TestService.masterKeys())
        let attempt = attempt(.signIn(client: .web, scope: .none, isRemembered: true))
        let name = try #require(Attempt.cookieName(of: attempt.state))
        let value = Array(try seal.seal(attempt, cookieName: name).utf8)
        for index in value.indices {
            var changed = value
            changed[index] = value[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(seal.open(text, cookieName: name, provider: op.provider.id) == nil, "character \(index)")
        }
        for text in ["", "A", "AAAA", String(repeating: "A", count: 5000)] {
            #expect(seal.open(text, cookieName: name, provider: op.provider.id) == nil)
        }
    }

    @Test func `state, nonce and verifier are long and different`() {
        let attempt = attempt(.link(SessionID(UUIDv7(high: 1, low: 2))))
        for text in [attempt.state, attempt.nonce, attempt.verifier] { #expect(text.utf8.count == 43) }
        #expect(Set([attempt.state, attempt.nonce, attempt.verifier]).count == 3)
    }

    @Test func `a place to return to that is too long is left out`() {
        let purpose = Attempt.Purpose.link(SessionID(UUIDv7(high: 1, low: 2)))
        #expect(attempt(purpose, returnTo: "/" + String(repeating: "a", count: 511)).returnTo != nil)
        #expect(attempt(purpose, returnTo: "/" + String(repeating: "a", count: 512)).returnTo == nil)
    }
}
