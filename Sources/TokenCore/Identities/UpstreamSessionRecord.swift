/// A row of `upstream_sessions`: by which identity a session was opened, and in which session at the provider. It is
/// deleted with the session.
package struct UpstreamSessionRecord: Sendable, Equatable {
    package let identity: IdentityID
    /// Nil when the provider's ID token had no `sid`.
    package let upstream: UpstreamSessionID?

    package init(identity: IdentityID, upstream: UpstreamSessionID?) {
        self.identity = identity
        self.upstream = upstream
    }
}
