import Crypto

/// A session at a provider: SHA-256 of the issuer, a zero byte and the provider's `sid`, which is not kept.
package struct UpstreamSessionID: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - issuer: holds no zero byte.
    ///   - sid: the claim of an ID token or of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.1).
    package init(issuer: String, sid: String) {
        bytes = Array(SHA256.hash(data: Array(issuer.utf8) + [0] + Array(sid.utf8)))
    }

    /// - Parameter bytes: the 32 bytes of a stored hash; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }
}
