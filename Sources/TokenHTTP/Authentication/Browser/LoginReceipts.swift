import Crypto
import StrictCoding
package import TokenCore

/// Receipts of logins: the session's id, a dot, and an HMAC of the id.
///
/// A browser that may keep no cookies shows the receipt after its login. If the cookies are missing then, nobody can
/// hold the session, and it is ended.
package struct LoginReceipts: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter ring: the master keys that the receipts are derived from.
    package init(_ ring: MasterKeyRing) { keys = ring.derive(.loginReceipt) }

    /// The receipt of a session, in characters that a query may have.
    package func receipt(of session: SessionID) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: session.uuid.bytes, using: keys[0])
        return "\(session).\(Base64URL.encode(code))"
    }

    /// The session of a receipt; nil for anything else. Compares in constant time.
    package func session(of receipt: String) -> SessionID? {
        let parts = receipt.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let id = SessionID(Substring(parts[0])), let code = Base64URL.decode(parts[1]) else {
            return nil
        }
        let isOurs = keys.contains {
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: id.uuid.bytes, using: $0)
        }
        return isOurs ? id : nil
    }
}
