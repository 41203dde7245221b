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
