import CoreMetrics

/// The metrics of a verifier.
struct VerifierMetrics: Sendable {
    private let factory: any MetricsFactory
    private let isFollowing: Gauge
    private let feedLag: Gauge
    private let keyAge: Gauge
    private let revocations: Gauge
    private let droppedProofs: Counter

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        isFollowing = Gauge(label: "heirloom_verifier_feed_connected", factory: factory)
        feedLag = Gauge(label: "heirloom_verifier_feed_lag_seconds", factory: factory)
        keyAge = Gauge(label: "heirloom_verifier_keys_age_seconds", factory: factory)
        revocations = Gauge(label: "heirloom_verifier_revocations", factory: factory)
        droppedProofs = Counter(label: "heirloom_verifier_proofs_dropped_total", factory: factory)
    }

    /// Records the gauges.
    func report(_ status: VerifierStatus) {
        isFollowing.record(status.isFollowingFeed ? 1 : 0)
        if let lag = status.feedLag { feedLag.record(lag / .seconds(1)) }
        if let age = status.keyAge { keyAge.record(age / .seconds(1)) }
        revocations.record(status.revocations)
    }

    /// Counts a refused token.
    func refused(_ refusal: TokenRefusal) {
        let reason =
            switch refusal {
            case .badProof(let refusal): "badProof.\(refusal)"
            default: "\(refusal)"
            }
        Counter(
            label: "heirloom_verifier_refused_total", dimensions: [("reason", reason)], factory: factory
        ).increment()
    }

    /// Counts proofs that were forgotten while they were still accepted.
    func dropped(_ count: Int) { droppedProofs.increment(by: count) }
}
