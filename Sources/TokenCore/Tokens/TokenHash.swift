import Crypto
import StrictCoding

/// SHA-256 of a token: all that is kept of it. A token holds 256 random bits, so a fast hash is enough.
package struct TokenHash: Sendable {
    package let bytes: [UInt8]

    /// - Parameter bytes: the 32 bytes of a stored hash; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    init(of token: [UInt8]) { bytes = SHA256.hash(data: token).withUnsafeBytes { Array($0) } }
}

extension TokenHash: Equatable {
    /// Compares in constant time.
    package static func == (left: TokenHash, right: TokenHash) -> Bool {
        left.bytes.equalsInConstantTime(right.bytes)
    }
}
