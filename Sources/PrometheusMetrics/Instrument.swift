/// A metric with one set of labels: one time series, or those of a histogram.
protocol Instrument: AnyObject, Sendable {
    var kind: InstrumentKind { get }

    /// Appends the sample lines.
    func write(_ name: String, labels: LabelSet, to text: inout PrometheusText)
}
