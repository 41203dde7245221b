import CoreMetrics

/// Counts the proofs that were forgotten while they were still accepted.
struct ProofMetrics: Sendable {
    private let droppedProofs = Counter(label: "heirloom_dpop_replay_dropped_total")

    @Sendable func dropped(_ count: Int) { droppedProofs.increment(by: count) }
}
