/// What the text says of a metric, and how its histogram is divided.
package struct MetricDescription: Sendable {
    package let help: String
    package let buckets: [Double]

    /// - Parameter buckets: the upper bounds of a histogram, rising; `+Inf` is added.
    package init(_ help: String, buckets: [Double] = MetricDescription.seconds) {
        self.help = help
        self.buckets = buckets
    }

    /// For durations: from half a millisecond to ten seconds.
    package static let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// For the sizes of batches.
    package static let powersOfTwo = (0...10).map { Double(1 << $0) }
}
