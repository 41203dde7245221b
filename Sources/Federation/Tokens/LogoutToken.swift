package import TokenCore

/// A logout token that passed every check.
package struct LogoutToken: Sendable {
    /// The sessions that end.
    package let sessions: UpstreamSessions
    /// `iat`, in Unix seconds. Sessions that were opened later stay.
    package let issuedAt: Int
    /// `jti`.
    package let id: String
}
