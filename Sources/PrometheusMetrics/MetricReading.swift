/// A value that is looked up when somebody asks, rather than counted as things happen.
package struct MetricReading: Sendable {
    package enum Kind: String, Sendable { case counter, gauge }

    package let name: String
    package let kind: Kind
    package let labels: [(String, String)]
    package let value: Double

    package init(_ name: String, _ value: Double, kind: Kind = .gauge, labels: [(String, String)] = []) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.value = value
    }
}
