import StrictCoding

/// The JWK thumbprint of a public key (RFC 7638 with SHA-256; `jkt` of RFC 9449 §6.1).
package struct KeyThumbprint: Hashable, Sendable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// - Parameter bytes: thirty-two bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == KeyThumbprint.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads base64url without padding; nil for any other text.
    package init?(_ text: String) {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text.utf8) else { return nil }
        self.init(bytes: bytes)
    }
}

extension KeyThumbprint: CustomStringConvertible {
    /// Base64url without padding, as in `jkt`.
    package var description: String { Base64URL.encode(bytes) }
}

extension KeyThumbprint {
    /// Compares in constant time.
    package static func == (left: KeyThumbprint, right: KeyThumbprint) -> Bool {
        zip(left.bytes, right.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
