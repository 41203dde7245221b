import CoreMetrics

/// The time series of a gauge.
final class GaugeInstrument: MeterHandler, RecorderHandler, Instrument {
    private let value = AtomicDouble()

    let kind = InstrumentKind.gauge

    func set(_ value: Int64) { self.value.store(Double(value)) }
    func set(_ value: Double) { self.value.store(value) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ name: String, labels: LabelSet, to text: inout PrometheusText) {
        text.sample(name, labels, value.load())
    }
}
