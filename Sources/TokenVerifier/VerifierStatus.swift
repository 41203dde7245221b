/// How a verifier stands with the token service.
public struct VerifierStatus: Sendable {
    /// How long ago the service confirmed the keys; nil when it never did.
    public let keyAge: Duration?
    /// Whether the last request to the revocation feed was answered.
    public let isFollowingFeed: Bool
    /// How long ago the feed last answered: about how old the newest unheard logout may be. At rest up to the 30 s of a
    /// long poll.
    public let feedLag: Duration?
    /// How many revocations are remembered.
    public let revocations: Int
}
