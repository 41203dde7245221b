import CoreMetrics
import PrometheusMetrics
import Testing

struct PrometheusRegistryTests {
    let registry = PrometheusRegistry(descriptions: [
        "waits_seconds": MetricDescription("Waiting time.\nIn seconds.", buckets: [0.5, 1]),
        "sizes": MetricDescription("Sizes.", buckets: MetricDescription.powersOfTwo),
    ])

    @Test func `counters, gauges and readings are written with name and labels`() {
        Counter(label: "requests_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment(by: 3)
        Counter(label: "requests_total", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Gauge(label: "depth", factory: registry).record(2.5)
        let meter = Meter(label: "level", factory: registry)
        meter.set(5)
        meter.decrement(by: 1.5)
        let readings = [
            MetricReading("up", 1, kind: .counter, labels: [("x", "y")]), MetricReading("up", 2, kind: .counter),
        ]
        #expect(
            registry.text(adding: readings) == """
                # TYPE depth gauge
                depth 2.5
                # TYPE level gauge
                level 3.5
                # TYPE requests_total counter
                requests_total{a="1",b="2"} 4
                # TYPE up counter
                up{x="y"} 1
                up 2

                """)
    }

    @Test func `a timer becomes a histogram in seconds with cumulative buckets`() {
        let timer = Timer(label: "waits_seconds", factory: registry)
        for milliseconds in [500, 750, 1250] { timer.recordMilliseconds(milliseconds) }
        #expect(
            registry.text() == """
                # HELP waits_seconds Waiting time.\\nIn seconds.
                # TYPE waits_seconds histogram
                waits_seconds_bucket{le="0.5"} 1
                waits_seconds_bucket{le="1"} 2
                waits_seconds_bucket{le="+Inf"} 3
                waits_seconds_sum 2.5
                waits_seconds_count 3

                """)
    }

    @Test func `a recorder that aggregates is a histogram`() {
        let recorder = Recorder(label: "sizes", dimensions: [("lane", "commit")], factory: registry)
        recorder.record(3)
        recorder.record(Double.nan)
        let text = registry.text()
        #expect(text.contains("sizes_bucket{lane=\"commit\",le=\"2\"} 0\nsizes_bucket{lane=\"commit\",le=\"4\"} 1\n"))
        #expect(text.contains("sizes_count{lane=\"commit\"} 1\n"))
    }

    @Test func `labels are escaped and invalid names are replaced`() {
        Counter(label: "9 odd.näme", dimensions: [("a-b", "\"\\\n{}")], factory: registry).increment()
        #expect(registry.text() == "# TYPE __odd_n_me counter\n__odd_n_me{a_b=\"\\\"\\\\\\n{}\"} 1\n")
    }

    @Test func `a metric keeps its first type`() {
        Counter(label: "thing", factory: registry).increment()
        Gauge(label: "thing", factory: registry).record(7)
        #expect(registry.text() == "# TYPE thing counter\nthing 1\n")
    }

    @Test func `the number of time series of a metric is bounded`() {
        for number in 0..<(PrometheusRegistry.seriesLimit + 50) {
            Counter(label: "hits_total", dimensions: [("id", "\(number)")], factory: registry).increment()
        }
        #expect(registry.text().split(separator: "\n").count == PrometheusRegistry.seriesLimit + 1)
    }

    @Test func `a destroyed counter is not written`() {
        let counter = Counter(label: "gone_total", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.text().isEmpty)
    }

    @Test func `concurrent recording loses nothing`() async {
        let timer = Timer(label: "waits_seconds", factory: registry)
        let counter = Counter(label: "requests_total", factory: registry)
        await withTaskGroup { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    for _ in 0..<1000 {
                        timer.recordSeconds(1)
                        counter.increment()
                    }
                }
            }
        }
        let text = registry.text()
        #expect(text.contains("waits_seconds_sum 8000\n") && text.contains("waits_seconds_count 8000\n"))
        #expect(text.contains("requests_total 8000\n"))
    }
}
