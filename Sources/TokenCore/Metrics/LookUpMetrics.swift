import CoreMetrics

/// What a store counts of its look-ups.
package struct LookUpMetrics: Sendable {
    private let lookUps = Counter(label: "heirloom_lookups_total")
    private let batchSize = Recorder(label: "heirloom_lookup_batch_size")
    private let refused = Counter(label: "heirloom_lookup_refused_total")

    package init() {}

    /// So many look-ups shared one read.
    package func read(_ count: Int) {
        lookUps.increment(by: count)
        batchSize.record(count)
    }

    /// A look-up was refused since too many wait.
    package func refusedOne() { refused.increment() }
}
