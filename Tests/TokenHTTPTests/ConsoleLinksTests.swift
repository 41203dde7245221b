import SessionEngine
import Testing
import TokenCore
import TokenHTTP

struct ConsoleLinksTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let ring = MasterKeyRing(current: MasterKey(bytes: [UInt8](repeating: 1, count: 32))!)
    private let newer = MasterKeyRing(
        current: MasterKey(bytes: [UInt8](repeating: 2, count: 32))!,
        previous: [MasterKey(bytes: [UInt8](repeating: 1, count: 32))!])

    @Test(arguments: [(-61, false), (-60, true), (0, true), (300, true), (301, false)])
    func aLinkIsValidForFiveMinutes(seconds: Int, isValid: Bool) {
        let token = ConsoleLinks(ring).token(at: now, random: Entropy.system.bytes())
        #expect((ConsoleLinks(ring).use(of: token, at: now + seconds) != nil) == isValid)
    }

    @Test func aLinkIsNamedByItselfAndRememberedAsLongAsItIsValid() throws {
        let token = ConsoleLinks(ring).token(at: now, random: Entropy.system.bytes())
        let use = try #require(ConsoleLinks(ring).use(of: token, at: now))
        #expect(use == ConsoleLinks(newer).use(of: token, at: now + 100))
        #expect(use.forgottenAt > now + 300)
        let other = ConsoleLinks(ring).token(at: now, random: Entropy.system.bytes())
        #expect(use != ConsoleLinks(ring).use(of: other, at: now))
    }

    @Test func anotherKeyRefusesIt() {
        let token = ConsoleLinks(newer).token(at: now, random: Entropy.system.bytes())
        #expect(ConsoleLinks(ring).use(of: token, at: now) == nil)
    }

    @Test func noChangedTokenIsValid() {
        let token = Array(ConsoleLinks(ring).token(at: now, random: Entropy.system.bytes()).utf8)
        for index in token.indices.dropLast() {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(ConsoleLinks(ring).use(of: String(decoding: changed, as: UTF8.self), at: now) == nil)
        }
    }
}
