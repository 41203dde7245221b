import Accounts
import PrometheusMetrics
import TokenCore
import TokenSigning

/// What the service looks up of itself when it is asked for its metrics.
struct ServiceGauges: Sendable {
    let accounts: AccountService
    let keys: SigningKeyService
    let feed: RevocationFeed
    /// Of this program.
    let version: String

    func readings() async -> [MetricReading] {
        var readings = [
            MetricReading("heirloom_build_info", 1, labels: [("version", version), ("swift", ServiceGauges.compiler)]),
            MetricReading("heirloom_commit_queue_depth", Double(accounts.sessions.lane.depth)),
            MetricReading("heirloom_password_hashes_pending", Double(accounts.hasher.depth)),
            MetricReading("heirloom_feed_readers", Double(feed.readerCount)),
        ]
        // What the store cannot tell now is left out: the rest must not depend on it.
        if let page = try? await accounts.sessions.store.revocations(after: .max, limit: 1) {
            readings.append(MetricReading("heirloom_feed_newest_sequence", Double(page.newest)))
            readings.append(MetricReading("heirloom_feed_entries", Double(page.newest - page.collected)))
        }
        if let records = try? await keys.keys() { readings += signingKeys(records) }
        return readings
    }

    /// By state: key ids would be labels without end.
    private func signingKeys(_ records: [SigningKeyRecord]) -> [MetricReading] {
        let now = accounts.sessions.clock()
        return [SigningKeyRecord.State.next, .current, .retired].flatMap { state -> [MetricReading] in
            let keys = records.filter { $0.state == state }
            let labels = [("state", state.rawValue)]
            let count = MetricReading("heirloom_signing_keys", Double(keys.count), labels: labels)
            // The oldest of them, since it became what it is.
            guard let since = keys.map({ $0.state == .current ? $0.activatedAt ?? $0.createdAt : $0.createdAt }).min()
            else { return [count] }
            return [count, MetricReading("heirloom_signing_key_age_seconds", max(0, now - since), labels: labels)]
        }
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or newer"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
