package import Accounts
package import PrometheusMetrics
package import SessionEngine
import TokenCore
package import TokenSigning

/// The metrics that are read when they are asked for.
package struct ServiceGauges: Sendable {
    let accounts: AccountService
    let keys: SigningKeyService
    let feed: RevocationFeed
    /// The version of this program.
    let version: String
    /// Further metrics, of what the program alone sees.
    let others: @Sendable () async -> [MetricReading]

    /// - Parameter others: further metrics, of what the program alone sees.
    package init(
        accounts: AccountService, keys: SigningKeyService, feed: RevocationFeed, version: String,
        others: @escaping @Sendable () async -> [MetricReading]
    ) {
        self.accounts = accounts
        self.keys = keys
        self.feed = feed
        self.version = version
        self.others = others
    }

    /// The values now. What the store cannot answer is left out.
    package func readings() async -> [MetricReading] {
        var readings = [
            MetricReading("heirloom_build_info", 1, labels: [("version", version), ("swift", ServiceGauges.compiler)]),
            MetricReading("heirloom_commit_queue_depth", Double(accounts.sessions.queueDepth)),
            MetricReading("heirloom_password_hashes_pending", Double(accounts.pendingHashes)),
            MetricReading("heirloom_feed_readers", Double(feed.readerCount)),
        ]
        // Without the store, the other metrics are still shown.
        if let feed = try? await feed.extent() {
            readings.append(MetricReading("heirloom_feed_newest_sequence", Double(feed.newest)))
            readings.append(MetricReading("heirloom_feed_entries", Double(feed.count)))
        }
        if let records = try? await keys.keys() { readings += signingKeys(records) }
        return readings + (await others())
    }

    /// By state, not by key id: the number of labels must be bounded.
    private func signingKeys(_ records: [SigningKeyRecord]) -> [MetricReading] {
        let now = accounts.sessions.clock()
        return [SigningKeyRecord.State.next, .current, .retired].flatMap { state -> [MetricReading] in
            let keys = records.filter { $0.state == state }
            let labels = [("state", state.rawValue)]
            let count = MetricReading("heirloom_signing_keys", Double(keys.count), labels: labels)
            // The age of the oldest key in its state.
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
