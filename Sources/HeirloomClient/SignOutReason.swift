/// Why a session is over.
public enum SignOutReason: Sendable, Equatable {
    /// ``HeirloomClient/logout()`` ended it.
    case loggedOut
    /// ``HeirloomClient/logoutAll()`` ended it, with all other sessions of its subject.
    case loggedOutEverywhere
    /// ``HeirloomClient/forget()`` removed it from the store. The service was not asked.
    case forgotten
    /// The store no longer holds it: another process has signed out.
    case elsewhere
    /// The service refused its refresh token, with this code: `session_revoked`, `expired_token`, `reuse_detected` or
    /// `invalid_token`.
    case refused(code: String)
}
