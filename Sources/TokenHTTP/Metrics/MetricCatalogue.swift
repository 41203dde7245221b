package import PrometheusMetrics

/// The service's metrics, and what each one means.
package enum MetricCatalogue {
    /// The descriptions by the metrics' names.
    package static let descriptions: [String: MetricDescription] = [
        "heirloom_http_requests_total": MetricDescription("Requests by route, method and status."),
        "heirloom_http_request_duration_seconds": MetricDescription(
            "From the head of a request to the head of its answer. A long poll includes its wait."),
        "heirloom_http_requests_refused_total": MetricDescription(
            "Requests refused before they were routed: not valid HTTP, or too slow. By status."),
        "heirloom_http_connections_refused_total": MetricDescription(
            "Connections closed because their address had too many."),
        "heirloom_refreshes_total": MetricDescription("Presented refresh tokens by verdict."),
        "heirloom_logins_total": MetricDescription("Password logins by outcome."),
        "heirloom_throttled_attempts_total": MetricDescription("Password attempts refused by the login limits."),
        "heirloom_events_total": MetricDescription("Audit events that this process wrote, by kind."),
        "heirloom_events_unrecorded_total": MetricDescription(
            "Audit events that were left out because a session had one of this kind in the last minute, or has ended."),
        "heirloom_commit_queue_depth": MetricDescription("Commands that wait for a commit."),
        "heirloom_commit_batch_size": MetricDescription(
            "Commands that shared a transaction.", buckets: MetricDescription.powersOfTwo),
        "heirloom_commit_duration_seconds": MetricDescription(
            "From the start of a transaction to the end of its commit."),
        "heirloom_commit_failures_total": MetricDescription("Commands that failed because the store failed."),
        "heirloom_commit_refused_total": MetricDescription(
            "Commands refused because too many wait or the store does not answer."),
        "heirloom_transaction_restarts_total": MetricDescription(
            "Transactions that began anew because a command needed rows that were not prefetched."),
        "heirloom_lookups_total": MetricDescription("Look-ups in the store."),
        "heirloom_lookup_batch_size": MetricDescription(
            "Look-ups that shared a read.", buckets: MetricDescription.powersOfTwo),
        "heirloom_lookup_refused_total": MetricDescription("Look-ups refused because too many wait."),
        "heirloom_password_hashes_pending": MetricDescription("Password hashes under way or waiting."),
        "heirloom_feed_newest_sequence": MetricDescription(
            "Sequence number of the newest entry of the revocation feed."),
        "heirloom_feed_entries": MetricDescription("Entries in the revocation feed."),
        "heirloom_feed_readers": MetricDescription("Readers that wait for the revocation feed."),
        "heirloom_signing_keys": MetricDescription("Signing keys by state."),
        "heirloom_signing_key_age_seconds": MetricDescription(
            "Age of the oldest key in a state: since it became current, or else since it was made."
        ),
        "heirloom_build_info": MetricDescription("Always 1; the labels name the version."),
        "heirloom_uptime_seconds": MetricDescription("Time since this process started."),
        "process_cpu_seconds_total": MetricDescription("User and system CPU time."),
        "process_resident_memory_bytes": MetricDescription("Resident memory."),
        "process_virtual_memory_bytes": MetricDescription("Virtual memory."),
        "process_start_time_seconds": MetricDescription("When this process started, in Unix seconds."),
        "process_open_fds": MetricDescription("Open file descriptors."),
        "process_max_fds": MetricDescription("The limit of open file descriptors."),
        "process_threads": MetricDescription("Threads of this process."),
    ]
}
