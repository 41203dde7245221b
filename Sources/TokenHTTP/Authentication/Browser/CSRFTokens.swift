import Crypto
import StrictCoding
package import TokenCore

/// CSRF tokens: an HMAC of the session's id. Each is valid for one session and needs no row.
package struct CSRFTokens: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter ring: the master keys that the tokens are derived from.
    package init(_ ring: MasterKeyRing) { keys = ring.derive(.csrf) }

    /// The token of a session.
    package func token(for session: SessionID) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: session.uuid.bytes, using: keys[0]))
    }

    /// Whether `token` is the session's, under the current master key or a previous one. Compares in constant time.
    func accepts(_ token: String, for session: SessionID) -> Bool {
        guard let code = Base64URL.decode(token.utf8) else { return false }
        return keys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: session.uuid.bytes, using: $0)
        }
    }
}
