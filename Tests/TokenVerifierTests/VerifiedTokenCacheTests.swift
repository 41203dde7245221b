import Testing
import TokenVerifier

struct VerifiedTokenCacheTests {
    @Test func `tokens are compared byte by byte`() {
        let cache = VerifiedTokenCache<Int>()
        cache.insert(1, for: "K.a.b")
        #expect(cache["K.a.b"] == 1)
        #expect(cache["K.a.b "] == nil)
        // The Kelvin sign, which is canonically equivalent to the letter.
        #expect(cache["\u{212A}.a.b"] == nil)
        // A text of the same length and with the same end as a token that is in the cache.
        let end = String(repeating: "s", count: 40)
        cache.insert(2, for: "K\u{301}" + end)
        #expect(cache["K\u{301}" + end] == 2 && cache["K\u{302}" + end] == nil && cache["\u{212A}" + end] == nil)
        cache.removeAll()
        #expect(cache["K.a.b"] == nil)
    }

    @Test func `a token that was verified with earlier keys is not cached`() {
        let cache = VerifiedTokenCache<Int>()
        let before = cache.epoch
        cache.removeAll()
        cache.insert(1, for: "a", verifiedIn: before)
        #expect(cache["a"] == nil)
        cache.insert(1, for: "a", verifiedIn: cache.epoch)
        #expect(cache["a"] == 1)
    }

    @Test func `the cache is bounded and drops the oldest tokens`() {
        let cache = VerifiedTokenCache<Int>(limit: 10)
        for index in 0..<100 { cache.insert(index, for: "\(index)") }
        #expect(cache["99"] != nil && cache["0"] == nil)
        #expect((0..<100).filter { cache["\($0)"] != nil }.count <= 10)
    }
}
