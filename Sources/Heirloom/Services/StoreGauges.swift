import PrometheusMetrics
import TokenCore

/// The metrics of what the store holds. Counting reads every subject, so an answer is kept for 15 s, and for a hundred
/// times as long as it took.
actor StoreGauges {
    private let store: any InstalledStore
    private var last: (readings: [MetricReading], validUntil: ContinuousClock.Instant)?
    private var running: Task<[MetricReading], Never>?

    init(_ store: any InstalledStore) { self.store = store }

    /// Empty when the store cannot answer.
    func readings() async -> [MetricReading] {
        if let running { return await running.value }
        if let last, .now < last.validUntil { return last.readings }
        let start = ContinuousClock.now
        let task = Task { [store] in (try? await store.statistics()).map(StoreGauges.readings) ?? [] }
        running = task
        let readings = await task.value
        running = nil
        last = (readings, .now + max(.seconds(15), (.now - start) * 100))
        return readings
    }

    private static func readings(_ statistics: StoreStatistics) -> [MetricReading] {
        var readings = [
            MetricReading("heirloom_sessions", Double(statistics.openSessions)),
            MetricReading("heirloom_users", Double(statistics.users)),
            MetricReading("heirloom_database_size_bytes", Double(statistics.databaseBytes)),
        ]
        if let bytes = statistics.logBytes {
            readings.append(MetricReading("heirloom_database_log_size_bytes", Double(bytes)))
        }
        return readings
    }
}
