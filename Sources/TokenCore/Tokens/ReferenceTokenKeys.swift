import Crypto
import StrictCoding

/// The server's keys for reference tokens; those of replaced master keys still verify.
package struct ReferenceTokenKeys: Sendable {
    private let mac: [SymmetricKey]

    package init(_ ring: MasterKeyRing) { mac = ring.derive(.referenceTokenMAC) }

    /// The token as its holder gets it.
    package func seal(_ token: ReferenceToken) -> String {
        let bytes = token.bytes
        let code = HMAC<SHA256>.authenticationCode(for: bytes, using: mac[0])
        return ReferenceToken.prefix + Base64URL.encode(bytes + code)
    }

    /// Reads a token; nil when its form or its MAC is wrong.
    package func open(_ text: String) -> ReferenceToken? {
        guard text.utf8.count <= ReferenceToken.maximumLength, text.hasPrefix(ReferenceToken.prefix),
            let bytes = Base64URL.decode(text.utf8.dropFirst(ReferenceToken.prefix.utf8.count)),
            bytes.count > SHA256.byteCount
        else { return nil }
        let content = Array(bytes.dropLast(SHA256.byteCount))
        let code = bytes.suffix(SHA256.byteCount)
        let isAuthentic = mac.contains {
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: $0)
        }
        return isAuthentic ? ReferenceToken(bytes: content) : nil
    }
}
