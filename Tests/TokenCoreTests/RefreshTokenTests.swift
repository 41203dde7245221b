import StrictCoding
import Testing
import TokenCore
import TokenTesting

struct RefreshTokenTests {
    let keys = RefreshTokenKeys(TestService.masterKeys(1))
    let entropy = Entropy.seeded(3)

    private func token(_ keys: RefreshTokenKeys? = nil) -> RefreshToken {
        let id = SessionID(UUIDv7(at: Timestamp(seconds: 1_800_000_000), random: entropy.bytes()))
        return (keys ?? self.keys).first(of: id, secret: entropy.bytes())
    }

    @Test func `a token is read as it was made`() throws {
        let token = token()
        let read = try #require(RefreshToken(parsing: token.plaintext, keys: keys))
        #expect(read.session == token.session && read.generation == .first && read.hash == token.hash)
        #expect(token.plaintext.utf8.count == RefreshToken.length && token.plaintext.hasPrefix("hr1_"))
    }

    @Test func `a token with a changed character is refused`() {
        let text = Array(token().plaintext.utf8)
        for index in text.indices {
            for replacement in Array("Aa0-_=. \u{0}".utf8) where replacement != text[index] {
                var tampered = text
                tampered[index] = replacement
                #expect(RefreshToken(parsing: String(decoding: tampered, as: UTF8.self), keys: keys) == nil)
            }
        }
    }

    @Test func `a token with a changed bit is refused`() throws {
        let bytes = try #require(Base64URL.decode(token().plaintext.utf8.dropFirst(4)))
        #expect(bytes.count == 84)
        for bit in 0..<bytes.count * 8 {
            var tampered = bytes
            tampered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(RefreshToken(parsing: "hr1_" + Base64URL.encode(tampered), keys: keys) == nil, "bit \(bit)")
        }
    }

    @Test func `parts of tokens are refused, alone and combined`() throws {
        let one = try #require(Base64URL.decode(token().plaintext.utf8.dropFirst(4)))
        let other = try #require(Base64URL.decode(token().plaintext.utf8.dropFirst(4)))
        for cut in [16, 20, 52] {
            let mixed = Array(one[..<cut] + other[cut...])
            #expect(RefreshToken(parsing: "hr1_" + Base64URL.encode(mixed), keys: keys) == nil)
        }
        for count in [0, 32, 52, 83, 85] {
            let cut = Array((one + one).prefix(count))
            #expect(RefreshToken(parsing: "hr1_" + Base64URL.encode(cut), keys: keys) == nil)
        }
    }

    @Test func `a successor depends on the token, the key and the nonce only`() {
        let parent = token()
        let nonce = RotationNonce(entropy.bytes())
        let successor = keys.successor(of: parent, nonce: nonce)
        #expect(successor.session == parent.session && successor.generation == Generation(1))
        #expect(keys.successor(of: parent, nonce: nonce).plaintext == successor.plaintext)
        let others = [
            keys.successor(of: parent, nonce: RotationNonce(entropy.bytes())),
            keys.successor(of: token(), nonce: nonce),
            RefreshTokenKeys(TestService.masterKeys(2)).successor(of: parent, nonce: nonce), parent,
        ]
        for other in others { #expect(other.hash != successor.hash) }
    }

    @Test(arguments: [" ", "hr1_", "hr1", "HR1_", "ha1_", "eyJhbGciOiJub25lIn0.e30.", "hr1_%00", "🐑"])
    func `other texts are refused`(text: String) {
        #expect(RefreshToken(parsing: "", keys: keys) == nil)
        #expect(RefreshToken(parsing: text, keys: keys) == nil)
        #expect(RefreshToken(parsing: text + token().plaintext, keys: keys) == nil)
        #expect(RefreshToken(parsing: token().plaintext + text, keys: keys) == nil)
        #expect(RefreshToken(parsing: String(repeating: text, count: 10_000), keys: keys) == nil)
    }

    @Test func `a token of another master key is refused, and one of a replaced master key is accepted`() {
        let old = token(RefreshTokenKeys(TestService.masterKeys(2)))
        #expect(RefreshToken(parsing: old.plaintext, keys: keys) == nil)
        let replaced = RefreshTokenKeys(TestService.masterKeys(1, 2))
        #expect(RefreshToken(parsing: old.plaintext, keys: replaced) != nil)
    }

    @Test func `a successor made with a replaced master key is derived again`() throws {
        let before = RefreshTokenKeys(TestService.masterKeys(2))
        let parent = token(before)
        let nonce = RotationNonce(entropy.bytes())
        let successor = before.successor(of: parent, nonce: nonce)
        let after = RefreshTokenKeys(TestService.masterKeys(1, 2))
        #expect(after.successor(of: parent, nonce: nonce, matching: successor.hash)?.plaintext == successor.plaintext)
        #expect(keys.successor(of: parent, nonce: nonce, matching: successor.hash) == nil)
        #expect(after.successor(of: token(before), nonce: nonce, matching: successor.hash) == nil)
    }

    @Test func `the description of a token is redacted`() {
        let token = token()
        let secret = String(token.plaintext.dropFirst(40))
        #expect(!"\(token)".contains(secret.prefix(20)))
    }
}
