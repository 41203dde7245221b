import Crypto
import StrictCoding
package import TokenCore

/// The tokens that tell a page of this service's own from another site's: an HMAC of the session's id, so that each is
/// good for one session and needs no row.
package struct CSRFTokens: Sendable {
    private let keys: [SymmetricKey]

    package init(_ ring: MasterKeyRing) { keys = ring.derive(.csrf) }

    func token(for session: SessionID) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: session.uuid.bytes, using: keys[0]))
    }

    /// Whether `token` is the session's, under the master key in force or one it replaced. Takes the same time wherever
    /// the first difference is.
    func accepts(_ token: String, for session: SessionID) -> Bool {
        guard let code = Base64URL.decode(token.utf8) else { return false }
        return keys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: session.uuid.bytes, using: $0)
        }
    }
}
