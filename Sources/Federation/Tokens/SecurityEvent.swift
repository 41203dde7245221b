package import TokenCore

/// A security event token that passed every check.
package struct SecurityEvent: Sendable {
    /// The person whose sessions end; nil if the event changes nothing.
    package let identity: IdentityID?
    /// When the event happened, in Unix seconds. Sessions that were opened later stay.
    package let happenedAt: Int
    /// `iat`, in Unix seconds.
    package let issuedAt: Int
    /// `jti`.
    package let id: String
}
