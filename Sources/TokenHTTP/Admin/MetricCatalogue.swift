package import PrometheusMetrics

/// What the service counts, and what each figure means.
package enum MetricCatalogue {
    package static let descriptions: [String: MetricDescription] = [
        "heirloom_http_requests_total": MetricDescription("Requests by route, method and status."),
        "heirloom_http_request_duration_seconds": MetricDescription(
            "From a request's head to its answer's. Long polls count with their wait."),
        "heirloom_refreshes_total": MetricDescription("Refresh tokens that were presented, by what became of them."),
        "heirloom_logins_total": MetricDescription("Attempts to log in with a password, by what became of them."),
        "heirloom_throttled_attempts_total": MetricDescription("Attempts at passwords that came too fast."),
        "heirloom_events_total": MetricDescription("Entries of the audit trail that this process wrote, by kind."),
        "heirloom_commit_queue_depth": MetricDescription("Commands that wait for the commit lane."),
        "heirloom_commit_batch_size": MetricDescription(
            "Commands that shared a transaction.", buckets: MetricDescription.powersOfTwo),
        "heirloom_commit_duration_seconds": MetricDescription(
            "From a transaction's beginning to the end of its commit."),
        "heirloom_commit_failures_total": MetricDescription("Commands that the store failed on."),
        "heirloom_commit_refused_total": MetricDescription(
            "Commands refused since too many wait or the store stands still."),
        "heirloom_lookups_total": MetricDescription("Look-ups in the store."),
        "heirloom_lookup_batch_size": MetricDescription(
            "Look-ups that shared a read.", buckets: MetricDescription.powersOfTwo),
        "heirloom_lookup_refused_total": MetricDescription("Look-ups refused since too many wait."),
        "heirloom_password_hashes_pending": MetricDescription("Password hashes under way or waiting."),
        "heirloom_feed_newest_sequence": MetricDescription("Number of the revocation feed's newest entry."),
        "heirloom_feed_entries": MetricDescription("Entries that the revocation feed holds."),
        "heirloom_feed_readers": MetricDescription("Readers that wait for the revocation feed."),
        "heirloom_signing_keys": MetricDescription("Signing keys by state."),
        "heirloom_signing_key_age_seconds": MetricDescription(
            "Age of the oldest key in this state: of the current one since it signs, of others since they were made."),
        "heirloom_build_info": MetricDescription("Always 1; the labels say what runs."),
        "heirloom_uptime_seconds": MetricDescription("How long this process has run."),
        "process_cpu_seconds_total": MetricDescription("User and system CPU time."),
        "process_resident_memory_bytes": MetricDescription("Resident memory."),
        "process_virtual_memory_bytes": MetricDescription("Virtual memory."),
        "process_start_time_seconds": MetricDescription("When this process started, in Unix seconds."),
        "process_open_fds": MetricDescription("Open file descriptors."),
        "process_max_fds": MetricDescription("How many may be open."),
        "process_threads": MetricDescription("Threads of this process."),
    ]
}
