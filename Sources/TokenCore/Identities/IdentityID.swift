import Crypto
import StrictCoding

/// The key of an identity: SHA-256 of its issuer, a zero byte and its subject.
package struct IdentityID: Hashable, Comparable, Sendable {
    package let bytes: [UInt8]

    init(of identity: Identity) {
        // Neither part holds a zero byte.
        bytes = Array(SHA256.hash(data: Array(identity.issuer.utf8) + [0] + Array(identity.providerSubject.utf8)))
    }

    /// - Parameter bytes: the 32 bytes of a stored key; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads ``text``; nil for any other text.
    package init?(text: some Collection<UInt8>) {
        guard let bytes = Base64URL.decode(Array(text)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The order of the keys' bytes.
    package static func < (left: IdentityID, right: IdentityID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The key in base64url, for forms.
    package var text: String { Base64URL.encode(bytes) }
}
