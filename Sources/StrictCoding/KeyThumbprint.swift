/// The SHA-256 thumbprint of a public key (RFC 7638), as `jkt` has it (RFC 9449 §6.1). Compared in constant time.
package struct KeyThumbprint: Hashable, Sendable {
    private static let byteCount = 32

    /// The 32 bytes of the hash.
    package let bytes: [UInt8]

    /// - Parameter bytes: the 32 bytes of a hash; nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == KeyThumbprint.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// - Parameter text: the base64url text of a hash; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    /// The base64url text, of 43 characters.
    package var text: String { Base64URL.encode(bytes) }

    /// Compares in constant time.
    package static func == (left: KeyThumbprint, right: KeyThumbprint) -> Bool {
        left.bytes.equalsInConstantTime(right.bytes)
    }
}
