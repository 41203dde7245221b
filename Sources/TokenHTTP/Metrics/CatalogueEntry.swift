package import PrometheusMetrics

/// A metric that the service shows.
package struct CatalogueEntry: Sendable {
    /// The types of Prometheus.
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package let name: String
    package let kind: Kind
    package let labels: [String]
    package let description: MetricDescription

    static func counter(_ name: String, _ labels: String..., help: String) -> CatalogueEntry {
        CatalogueEntry(name: name, kind: .counter, labels: labels, description: MetricDescription(help))
    }

    static func gauge(_ name: String, _ labels: String..., help: String) -> CatalogueEntry {
        CatalogueEntry(name: name, kind: .gauge, labels: labels, description: MetricDescription(help))
    }

    static func histogram(
        _ name: String, _ labels: String..., buckets: [Double] = MetricDescription.seconds, help: String
    ) -> CatalogueEntry {
        CatalogueEntry(
            name: name, kind: .histogram, labels: labels, description: MetricDescription(help, buckets: buckets))
    }
}
