import Crypto
import StrictCoding

/// A refresh token whose MAC is right: only this service, with its master key, can have made it.
///
/// On the wire: `hr1_` + base64url of 84 bytes: session id (16), generation (4, big-endian), secret (32), MAC (32).
/// Eighty-four bytes are 112 characters with no spare bits, so a token has exactly one spelling. The MAC covers all
/// bytes before it. By the MAC a tampered token is refused before anything is looked up, and an earlier generation of
/// any age is recognised though no row of it is kept. The MAC alone is not enough: the current token must also match
/// the hash in its row.
package struct RefreshToken: Sendable {
    package static let prefix = "hr1_"
    /// Length in characters.
    package static let length = 116

    package let session: SessionID
    package let generation: Generation
    let bytes: [UInt8]

    /// Reads a token and checks its MAC: row 1 of the rotation rule.
    ///
    /// - Returns: nil when the form or the MAC is wrong.
    package init?(parsing text: String, keys: RefreshTokenKeys) {
        guard text.utf8.count == RefreshToken.length, text.hasPrefix(RefreshToken.prefix),
            let bytes = Base64URL.decode(text.utf8.dropFirst(RefreshToken.prefix.utf8.count)),
            keys.isAuthentic(bytes), let uuid = UUIDv7(bytes: Array(bytes[0..<16]))
        else { return nil }
        session = SessionID(uuid)
        generation = Generation(bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) })
        self.bytes = bytes
    }

    init(session: SessionID, generation: Generation, secret: [UInt8], mac: HMAC<SHA256>) {
        var bytes = session.uuid.bytes
        bytes.reserveCapacity(84)
        withUnsafeBytes(of: generation.number.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: secret)
        let code = mac.code(of: bytes[...])
        // Without an iterator, which would call a function for each byte.
        code.withUnsafeBytes { bytes.append(contentsOf: $0) }
        self.session = session
        self.generation = generation
        self.bytes = bytes
    }

    package var hash: TokenHash { TokenHash(of: bytes) }

    /// Sixty-four bits of the MAC: distinguishes tokens of one session in memory.
    package var fingerprint: UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 76, as: UInt64.self) } }

    /// The token as its holder gets it. Every use of the plaintext goes through this property.
    package var plaintext: String {
        var text: [UInt8] = []
        text.reserveCapacity(RefreshToken.length)
        text.append(contentsOf: RefreshToken.prefix.utf8)
        Base64URL.encode(bytes, into: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

extension RefreshToken: CustomStringConvertible {
    package var description: String { "RefreshToken(session \(session), generation \(generation), redacted)" }
}
