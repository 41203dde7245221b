package import CoreMetrics
import Synchronization

/// A back-end of swift-metrics that tells Prometheus what was counted.
///
/// Counting costs an atomic addition. Asking twice for one metric gives the same series. Series beyond ``seriesLimit`` a
/// metric count into the void: a label that takes any value must not take the memory.
package final class PrometheusRegistry: MetricsFactory {
    /// How many series a metric may have.
    package static let seriesLimit = 2000
    /// The media type of ``text(adding:)``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Family {
        let kind: InstrumentKind
        var series: [LabelSet: any Instrument] = [:]
    }

    private let descriptions: [String: MetricDescription]
    private let families = Mutex<[String: Family]>([:])

    package init(descriptions: [String: MetricDescription] = [:]) { self.descriptions = descriptions }

    /// Everything that was counted, and what was read just now, in the text format.
    package func text(adding readings: [MetricReading] = []) -> String {
        let families = families.withLock { $0 }
        let read = Dictionary(grouping: readings) { PrometheusText.metricName($0.name) }
        var text = PrometheusText()
        for name in Set(families.keys).union(read.keys).sorted() {
            let kind = families[name]?.kind.rawValue ?? read[name]?.first?.kind.rawValue ?? ""
            text.family(name, kind, help: descriptions[name]?.help)
            for (labels, instrument) in (families[name]?.series ?? [:]).sorted(by: { $0.key < $1.key }) {
                instrument.write(name, labels: labels, to: &text)
            }
            for reading in read[name] ?? [] { text.sample(name, LabelSet(reading.labels), reading.value) }
        }
        return text.text
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions, .counter) { _ in CounterInstrument() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions, .gauge) { _ in GaugeInstrument() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return instrument(label, dimensions, .gauge) { _ in GaugeInstrument() } }
        return instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: $0) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: $0) }
    }

    package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// The series of this name and these labels. One that contradicts the metric's kind, or is one too many, is not told.
    private func instrument<Kind: Instrument>(
        _ label: String, _ dimensions: [(String, String)], _ kind: InstrumentKind, make: ([Double]) -> Kind
    ) -> Kind {
        let name = PrometheusText.metricName(label)
        let labels = LabelSet(dimensions)
        let bounds = descriptions[name]?.buckets ?? MetricDescription.seconds
        return families.withLock { families in
            let family = families[name] ?? Family(kind: kind)
            if let known = family.series[labels] as? Kind { return known }
            let made = make(bounds)
            guard family.kind == kind, family.series.count < PrometheusRegistry.seriesLimit else { return made }
            families[name, default: family].series[labels] = made
            return made
        }
    }

    private func forget(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                families[name]?.series[labels] = nil
                if families[name]?.series.isEmpty == true { families[name] = nil }
            }
        }
    }
}
