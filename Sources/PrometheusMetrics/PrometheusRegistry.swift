package import CoreMetrics
import Synchronization

/// A back-end of swift-metrics that writes the text format of Prometheus.
///
/// Recording a value costs an atomic addition. Handlers with the same name and labels share one time series. A metric
/// has at most ``seriesLimit`` time series, which bounds the memory that a label with arbitrary values can take;
/// handlers beyond the limit work but are not written.
package final class PrometheusRegistry: MetricsFactory {
    /// The largest number of time series of one metric.
    package static let seriesLimit = 2000
    /// The media type of ``text(adding:)``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Family {
        let kind: InstrumentKind
        var series: [LabelSet: any Instrument] = [:]
    }

    private let descriptions: [String: MetricDescription]
    private let families = Mutex<[String: Family]>([:])

    /// - Parameter descriptions: help texts and buckets by the names of metrics.
    package init(descriptions: [String: MetricDescription] = [:]) { self.descriptions = descriptions }

    /// Returns all metrics in the text format.
    ///
    /// - Parameter readings: values to write beside the recorded ones.
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

    /// Returns a counter with this name and these labels.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions, .counter) { _ in CounterInstrument() }
    }

    /// Returns a gauge that can be set and changed.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions, .gauge) { _ in GaugeInstrument() }
    }

    /// Returns a histogram, or a gauge if `aggregate` is false.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return instrument(label, dimensions, .gauge) { _ in GaugeInstrument() } }
        return instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: $0) }
    }

    /// Returns a histogram of durations.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, .histogram) { HistogramInstrument(bounds: $0) }
    }

    /// Removes the time series of a counter.
    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Removes the time series of a gauge.
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Removes the time series of a histogram or gauge.
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Removes the time series of a histogram of durations.
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// Returns the instrument with this name and these labels. One whose type differs from the metric's, or that
    /// exceeds ``seriesLimit``, is not registered and so never written.
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

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                families[name]?.series[labels] = nil
                if families[name]?.series.isEmpty == true { families[name] = nil }
            }
        }
    }
}
