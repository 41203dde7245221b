/// The state of a verifier's connection to the token service.
public struct VerifierStatus: Sendable {
    /// The time since the service last confirmed the keys; nil if it never did.
    public let keyAge: Duration?
    /// Whether the last request to the revocation feed succeeded.
    public let isFollowingFeed: Bool
    /// The time since the feed last answered, and so the age that an unknown logout may have; nil if it never answered.
    /// Up to 30 s, the length of a long poll, while nothing is revoked.
    public let feedLag: Duration?
    /// The number of revocations in memory.
    public let revocations: Int
}
