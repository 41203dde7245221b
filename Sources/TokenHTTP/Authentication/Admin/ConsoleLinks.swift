import Crypto
import StrictCoding
package import TokenCore

/// One-time links into the console. A link's token is base64url of the time when it was made, 16 random bytes, and an
/// HMAC of both, so that the command line makes links without the running service.
package struct ConsoleLinks: Sendable {
    /// How long a link can be used.
    package static let lifetimeSeconds = 300

    private static let timeLength = 8
    private static let randomLength = 16
    private static let codeLength = 32
    /// How far ahead the clock of the machine may be that made a link.
    private static let skewSeconds = 60

    private let keys: [SymmetricKey]

    /// - Parameter ring: the master keys that the links are derived from.
    package init(_ ring: MasterKeyRing) { keys = ring.derive(.consoleLink) }

    /// The token of a new link.
    package func token(at now: Timestamp, random: RandomBytes<16>) -> String {
        let time = withUnsafeBytes(of: UInt64(max(0, now.seconds)).bigEndian) { Array($0) }
        let body = time + random.bytes
        return Base64URL.encode(body + HMAC<SHA256>.authenticationCode(for: body, using: keys[0]))
    }

    /// What the use of a link is remembered by; nil for a token that is not a link's, or too old.
    package func use(of token: String, at now: Timestamp) -> UsedOnce? {
        let (body, length) = (ConsoleLinks.timeLength + ConsoleLinks.randomLength, ConsoleLinks.codeLength)
        guard token.utf8.count <= 128, let bytes = Base64URL.decode(token.utf8), bytes.count == body + length,
            keys.contains(where: {
                HMAC<SHA256>.isValidAuthenticationCode(bytes[body...], authenticating: bytes[..<body], using: $0)
            })
        else { return nil }
        let time = Int(bytes[..<ConsoleLinks.timeLength].reduce(0) { $0 << 8 | UInt64($1) })
        let age = now.seconds - time
        guard -ConsoleLinks.skewSeconds...ConsoleLinks.lifetimeSeconds ~= age else { return nil }
        return .consoleLink(
            named: Base64URL.encode(bytes[ConsoleLinks.timeLength..<body]), madeAt: time,
            forgottenAfter: ConsoleLinks.lifetimeSeconds + ConsoleLinks.skewSeconds)
    }
}
