import Metrics

/// A verifier's metrics, for whichever back-end the application has set up.
struct VerifierMetrics: Sendable {
    private let isFollowing = Gauge(label: "heirloom_verifier_feed_connected")
    private let feedLag = Gauge(label: "heirloom_verifier_feed_lag_seconds")
    private let keyAge = Gauge(label: "heirloom_verifier_keys_age_seconds")
    private let revocations = Gauge(label: "heirloom_verifier_revocations")

    func report(_ status: VerifierStatus) {
        isFollowing.record(status.isFollowingFeed ? 1 : 0)
        if let lag = status.feedLag { feedLag.record(lag / .seconds(1)) }
        if let age = status.keyAge { keyAge.record(age / .seconds(1)) }
        revocations.record(status.revocations)
    }

    func refused(_ refusal: TokenRefusal) {
        Counter(label: "heirloom_verifier_refused_total", dimensions: [("reason", "\(refusal)")]).increment()
    }
}
