import CoreMetrics
import TokenCore

/// What the commit lane counts.
struct LaneMetrics: Sendable {
    private let batchSize = Recorder(label: "heirloom_commit_batch_size")
    private let duration = Timer(label: "heirloom_commit_duration_seconds")
    private let failures = Counter(label: "heirloom_commit_failures_total")
    private let refused = Counter(label: "heirloom_commit_refused_total")
    private let events = counters("heirloom_events_total", of: EventRecord.Kind.all)
    private let unrecordedEvents = counters("heirloom_events_unrecorded_total", of: EventRecord.Kind.bounded)

    private static func counters(_ label: String, of kinds: [EventRecord.Kind]) -> [EventRecord.Kind: Counter] {
        Dictionary(
            uniqueKeysWithValues: kinds.map { ($0, Counter(label: label, dimensions: [("kind", $0.rawValue)])) })
    }

    /// A transaction is on disk.
    func committed(
        _ commands: Int, in time: Duration, events kinds: [EventRecord.Kind], unrecorded: [EventRecord.Kind]
    ) {
        batchSize.record(commands)
        duration.recordNanoseconds(Int64(time / .nanoseconds(1)))
        for kind in kinds { events[kind]?.increment() }
        for kind in unrecorded { unrecordedEvents[kind]?.increment() }
    }

    /// The store failed on so many commands.
    func failed(_ commands: Int) { failures.increment(by: commands) }

    /// A command was refused before it was queued.
    func refusedOne() { refused.increment() }
}
