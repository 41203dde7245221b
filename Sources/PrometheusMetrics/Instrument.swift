/// One time series, or a histogram's several.
protocol Instrument: AnyObject, Sendable {
    var kind: InstrumentKind { get }
    /// Appends the sample lines.
    func write(_ name: String, labels: LabelSet, to text: inout PrometheusText)
}

/// What `# TYPE` says.
enum InstrumentKind: String { case counter, gauge, histogram }
