import CoreMetrics
import Synchronization

/// The time series of a counter.
final class CounterInstrument: CounterHandler, Instrument {
    private let value = Atomic<Int64>(0)

    let kind = InstrumentKind.counter

    func increment(by amount: Int64) { value.add(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, labels: LabelSet, to text: inout PrometheusText) {
        text.sample(name, labels, Double(value.load(ordering: .relaxed)))
    }
}
