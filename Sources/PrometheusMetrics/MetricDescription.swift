/// The help text and the histogram buckets of a metric.
package struct MetricDescription: Sendable {
    /// The text of the `# HELP` line.
    package let help: String
    /// The upper bounds of the buckets, ascending and without `+Inf`.
    package let buckets: [Double]

    /// - Parameters:
    ///   - help: the text of the `# HELP` line.
    ///   - buckets: the upper bounds of a histogram, ascending and without `+Inf`. Other metrics ignore them.
    package init(_ help: String, buckets: [Double] = MetricDescription.seconds) {
        self.help = help
        self.buckets = buckets
    }

    /// Buckets for durations in seconds, from 0.5 ms to 10 s.
    package static let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Buckets for the sizes of batches, from 1 to 1024.
    package static let powersOfTwo = (0...10).map { Double(1 << $0) }
}
