/// Why a session was ended. A value that this version does not know, written by a newer node, is kept as it is.
package struct EndReason: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let logout = EndReason(rawValue: "logout")
    package static let reuse = EndReason(rawValue: "reuse")
    package static let rollback = EndReason(rawValue: "rollback")
    package static let endedByOwner = EndReason(rawValue: "ended_by_owner")
    package static let endedByAdministrator = EndReason(rawValue: "ended_by_administrator")
    package static let revokedByClient = EndReason(rawValue: "revoked_by_client")
    package static let sessionLimit = EndReason(rawValue: "session_limit")
    package static let upstreamLogout = EndReason(rawValue: "upstream_logout")

    /// Every reason that this version writes.
    package static let all: [EndReason] = [
        .logout, .reuse, .rollback, .endedByOwner, .endedByAdministrator, .revokedByClient, .sessionLimit,
        .upstreamLogout,
    ]
}
