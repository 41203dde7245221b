/// Which sessions a logout at a provider concerns.
package enum UpstreamSessions: Sendable, Hashable {
    /// Those that an identity has opened.
    case ofIdentity(IdentityID)
    /// Those that were opened in one session at the provider; of the identity alone if one is given.
    case ofUpstream(UpstreamSessionID, identity: IdentityID?)

    package var identity: IdentityID? {
        switch self {
        case .ofIdentity(let identity): identity
        case .ofUpstream(_, let identity): identity
        }
    }

    /// Whether a session with this row is one of them.
    package func contain(_ record: UpstreamSessionRecord) -> Bool {
        switch self {
        case .ofIdentity(let identity): record.identity == identity
        case .ofUpstream(let upstream, let identity):
            record.upstream == upstream && identity.map { $0 == record.identity } ?? true
        }
    }
}
