import StrictCoding

/// The secret of a one-time link in the clear: base64url of 32 random bytes. Only ``hash`` is kept; 256 random bits
/// need no slow hash.
package struct OneTimeLinkToken: Sendable {
    package let plaintext: String
    package let hash: TokenHash

    package init(_ random: RandomBytes<32>) { self.init(bytes: random.bytes) }

    /// - Parameter text: from outside; nil for anything but base64url of 32 bytes.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text.utf8), bytes.count == 32 else { return nil }
        self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) {
        plaintext = Base64URL.encode(bytes)
        hash = TokenHash(of: bytes)
    }
}

extension OneTimeLinkToken: CustomStringConvertible {
    package var description: String { "OneTimeLinkToken(redacted)" }
}
