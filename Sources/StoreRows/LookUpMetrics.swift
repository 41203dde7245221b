import CoreMetrics

/// The metrics of a store's look-ups.
package struct LookUpMetrics: Sendable {
    private let lookUps = Counter(label: "heirloom_lookups_total")
    private let batchSize = Recorder(label: "heirloom_lookup_batch_size")
    private let refused = Counter(label: "heirloom_lookup_refused_total")

    /// Registers the metrics with the configured back-end.
    package init() {}

    /// Counts a read that `count` look-ups shared.
    package func read(_ count: Int) {
        lookUps.increment(by: count)
        batchSize.record(count)
    }

    /// Counts a look-up that was refused because too many wait.
    package func refusedOne() { refused.increment() }
}
