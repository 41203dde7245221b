/// A value that is read when Prometheus scrapes, instead of being counted as events occur.
package struct MetricReading: Sendable {
    /// The type of the metric.
    package enum Kind: String, Sendable { case counter, gauge }

    /// The name of the metric.
    package let name: String
    /// The type of the metric.
    package let kind: Kind
    /// Names and values of the labels.
    package let labels: [(String, String)]
    /// The value, in the unit that the name ends with.
    package let value: Double

    /// Makes the reading of one time series.
    package init(_ name: String, _ value: Double, kind: Kind = .gauge, labels: [(String, String)] = []) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.value = value
    }
}
