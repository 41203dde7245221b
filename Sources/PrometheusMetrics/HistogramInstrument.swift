import CoreMetrics
import Synchronization

/// The time series of a histogram. Durations are recorded in nanoseconds and written in seconds, the base unit of
/// Prometheus.
final class HistogramInstrument: TimerHandler, RecorderHandler, Instrument {
    private final class Bucket: Sendable {
        let count = Atomic<Int>(0)
    }

    private let bounds: [Double]
    /// One for each bound, and one for the values above the last bound.
    private let buckets: [Bucket]
    private let sum = AtomicDouble()

    let kind = InstrumentKind.histogram

    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].count.add(1, ordering: .relaxed)
        sum.add(value)
    }

    func write(_ name: String, labels: LabelSet, to text: inout PrometheusText) {
        // The total is the sum of the bucket counts, so the two agree even while other threads record.
        var count = 0
        for (index, bucket) in buckets.enumerated() {
            count += bucket.count.load(ordering: .relaxed)
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text.sample(name + "_bucket", labels.adding("le", bound), Double(count))
        }
        text.sample(name + "_sum", labels, sum.load())
        text.sample(name + "_count", labels, Double(count))
    }
}
