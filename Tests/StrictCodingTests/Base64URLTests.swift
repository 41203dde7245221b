import StrictCoding
import Testing

struct Base64URLTests {
    @Test(arguments: 0..<70)
    func `bytes of any length read back`(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
        let text = Base64URL.encode(bytes)
        #expect(Base64URL.decode(text.utf8) == bytes)
        #expect(text.utf8.count == (length * 4 + 2) / 3)
    }

    @Test(arguments: ["A", "AB=", "AB==", "A B", "AB+/", "AB\n", "AAAAA", "AB", "AAB", "Ã©"])
    func `invalid text is refused`(text: String) { #expect(Base64URL.decode(text.utf8) == nil) }

    /// Tries all strings of two characters, and all of three that start with `AA`.
    @Test func `each value has exactly one accepted spelling`() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var decoded = Set<[UInt8]>()
        for first in alphabet {
            for second in alphabet {
                if let bytes = Base64URL.decode([first, second]) {
                    decoded.insert(bytes)
                    #expect(Base64URL.encode(bytes) == String(decoding: [first, second], as: UTF8.self))
                }
            }
        }
        #expect(decoded.count == 256)
        #expect(alphabet.filter { Base64URL.decode(Array("AA".utf8) + [$0]) != nil }.count == 16)
    }

    @Test func `only characters of the alphabet are accepted`() {
        let readable = (UInt8.min...UInt8.max).filter { Base64URL.decode([0x41, 0x41, 0x41, $0]) != nil }
        #expect(readable.count == 64)
    }

    @Test func `known values are encoded`() {
        #expect(Base64URL.encode([0xFB, 0xEF, 0xBE]) == "----")
        #expect(Base64URL.encode([0xFF, 0xFF, 0xFF]) == "____")
        #expect(Base64URL.encode(Array("foobar".utf8)) == "Zm9vYmFy")
        #expect(Base64URL.encode(Array("fooba".utf8)) == "Zm9vYmE")
        #expect(Base64URL.encode(Array("foob".utf8)) == "Zm9vYg")
    }
}
