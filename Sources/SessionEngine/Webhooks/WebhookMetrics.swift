import CoreMetrics
import TokenCore

/// What is counted of one webhook.
struct WebhookMetrics: Sendable {
    private let delivered: Counter
    private let failed: Counter
    private let skipped: Counter
    private let failing: Gauge

    init(_ name: WebhookName) {
        let webhook = ("webhook", name.value)
        delivered = Counter(label: "heirloom_webhook_tries_total", dimensions: [webhook, ("outcome", "delivered")])
        failed = Counter(label: "heirloom_webhook_tries_total", dimensions: [webhook, ("outcome", "failed")])
        skipped = Counter(label: "heirloom_webhook_skipped_total", dimensions: [webhook])
        failing = Gauge(label: "heirloom_webhook_failing_seconds", dimensions: [webhook])
        failing.record(0)
    }

    func deliveredOne() { delivered.increment() }

    func failedOnce() { failed.increment() }

    func skipped(_ count: Int) { skipped.increment(by: count) }

    /// Records how long the next event has failed.
    func isFailing(since start: Timestamp?, at now: Timestamp) {
        failing.record(start.map { max(0, now - $0) } ?? 0)
    }
}
