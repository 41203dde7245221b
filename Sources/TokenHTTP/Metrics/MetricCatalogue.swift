package import PrometheusMetrics

/// The service's metrics, and what each one means.
package enum MetricCatalogue {
    /// In the order of `docs/metrics.md`, which is made from this list.
    package static let entries: [CatalogueEntry] = [
        .counter(
            "heirloom_http_requests_total", "route", "method", "status",
            help: "Requests. All unknown paths are the route (unknown), all unusual methods other."),
        .histogram(
            "heirloom_http_request_duration_seconds", "route", "method",
            help: "From the head of a request to the head of its answer. A long poll includes its wait."),
        .counter(
            "heirloom_http_requests_refused_total", "status",
            help: "Requests refused before they were routed: not valid HTTP, or too slow."),
        .counter(
            "heirloom_http_connections_refused_total",
            help: "Connections closed because their address had too many."),
        .counter(
            "heirloom_refreshes_total", "verdict",
            help: "Presented refresh tokens: rotated, retried, reuse_detected, reuse_detected_own_key (by the key that "
                + "the session is bound to: a copy of the device), rollback_detected, session_revoked, expired, "
                + "client_mismatch, key_mismatch, unbound, unknown."),
        .counter(
            "heirloom_dpop_replay_dropped_total",
            help: "Proofs of requests that only read, forgotten while they were still accepted because too many "
                + "came."),
        .counter(
            "heirloom_logins_total", "outcome", help: "Password logins: opened, refused, throttled, unavailable."),
        .counter(
            "heirloom_throttled_attempts_total", "action",
            help: "Password attempts refused by the login limits: login, password_change."),
        .counter(
            "heirloom_federation_logins_total", "provider", "outcome",
            help: "Sign-ins and links by a provider: opened, linked, unavailable, or the name of the refusal."),
        .histogram(
            "heirloom_federation_upstream_seconds", "provider", "endpoint",
            help: "Requests to a provider: metadata, keys, token, userinfo."),
        .counter(
            "heirloom_federation_upstream_errors_total", "provider", "endpoint", "kind",
            help: "Answers of a provider that cannot be used: unreachable, timeout, busy, server_error, status, "
                + "too_large, media_type, malformed."),
        .gauge(
            "heirloom_federation_keys_age_seconds", "provider",
            help: "Time since the provider last confirmed its keys. Before they were needed there is none."),
        .counter(
            "heirloom_federation_backchannel_logouts_total", "provider", "outcome",
            help: "Logout tokens of a provider: accepted, unavailable, or the name of the refusal."),
        .counter(
            "heirloom_federation_events_total", "provider", "outcome",
            help: "Security event tokens of a provider: accepted, unavailable, or the name of the refusal."),
        .counter(
            "heirloom_federation_attempts_shared_total",
            help: "Second deliveries of a provider's response, which got the outcome of the first."),
        .counter("heirloom_events_total", "kind", help: "Events of the audit trail that this process wrote."),
        .counter(
            "heirloom_events_unrecorded_total", "kind",
            help: "Events that were left out because a session had one of this kind in the last minute, or has ended."),
        .counter(
            "heirloom_webhook_tries_total", "webhook", "outcome",
            help: "Tries of this process to deliver an event: delivered, failed."),
        .counter(
            "heirloom_webhook_skipped_total", "webhook",
            help: "Events that were not delivered because they failed for a day or were deleted before."),
        .gauge(
            "heirloom_webhook_failing_seconds", "webhook",
            help: "Time since the first try of the event that cannot be delivered; 0 when none has failed."),
        .gauge(
            "heirloom_sessions",
            help: "Sessions that were not ended. One whose lifetime is over counts until it is deleted."),
        .gauge("heirloom_users", help: "Users, disabled ones included."),
        .gauge("heirloom_database_size_bytes", help: "Size of the database."),
        .gauge(
            "heirloom_database_log_size_bytes",
            help: "Size of the write-ahead log. PostgreSQL: of the whole cluster, for a role that may call "
                + "pg_ls_waldir."),
        .gauge("heirloom_commit_queue_depth", help: "Commands that wait for a commit."),
        .histogram(
            "heirloom_commit_batch_size", buckets: MetricDescription.powersOfTwo,
            help: "Commands that shared a transaction."),
        .histogram(
            "heirloom_commit_duration_seconds", help: "From the start of a transaction to the end of its commit."),
        .counter(
            "heirloom_commit_failures_total",
            help: "Commands that failed because the store failed. They are answered with 503."),
        .counter(
            "heirloom_commit_refused_total",
            help: "Commands refused because too many wait or the store does not answer: 503."),
        .counter(
            "heirloom_transaction_restarts_total",
            help: "PostgreSQL: transactions that began anew because a command needed rows that were not locked at "
                + "their beginning."),
        .counter("heirloom_lookups_total", help: "Look-ups in the store."),
        .histogram(
            "heirloom_lookup_batch_size", buckets: MetricDescription.powersOfTwo, help: "Look-ups that shared a read."),
        .counter("heirloom_lookup_refused_total", help: "Look-ups refused because too many wait: 503."),
        .gauge("heirloom_password_hashes_pending", help: "Password hashes under way or waiting."),
        .gauge(
            "heirloom_feed_newest_sequence", help: "Sequence number of the newest entry of the revocation feed."),
        .gauge("heirloom_feed_entries", help: "Entries in the revocation feed."),
        .gauge("heirloom_feed_readers", help: "Readers that wait for the revocation feed."),
        .gauge("heirloom_signing_keys", "state", help: "Signing keys: next, current, retired."),
        .gauge(
            "heirloom_signing_key_age_seconds", "state",
            help: "Age of the oldest key in a state: since it became current, or else since it was made."),
        .gauge(
            "heirloom_certificate_age_seconds",
            help: "Time since the certificate in http.tls.certificateFile became valid. Without TLS there is none."),
        .gauge(
            "heirloom_certificate_expiry_time_seconds", help: "When that certificate expires, in Unix seconds."),
        .gauge("heirloom_build_info", "version", "swift", help: "Always 1; the labels name the version."),
        .gauge("heirloom_uptime_seconds", help: "Time since this process started."),
        .counter("process_cpu_seconds_total", help: "User and system CPU time."),
        .gauge("process_resident_memory_bytes", help: "Resident memory."),
        .gauge("process_virtual_memory_bytes", help: "Virtual memory."),
        .gauge("process_start_time_seconds", help: "When this process started, in Unix seconds."),
        .gauge("process_open_fds", help: "Open file descriptors."),
        .gauge("process_max_fds", help: "The limit of open file descriptors."),
        .gauge("process_threads", help: "Threads of this process."),
    ]

    /// The descriptions by the metrics' names.
    package static let descriptions = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.description) })

    /// The text of `docs/metrics.md`.
    package static var page: String {
        let rows = entries.map { entry in
            let labels = entry.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(entry.name)` | \(entry.kind.rawValue) | \(labels) | \(entry.description.help) |\n"
        }
        return """
            # Metrics

            `GET /metrics` on the [admin listener](admin-api.md) is Prometheus's text format. Labels take few
            values: routes, statuses, kinds; never a name, an id or an address. Counters count this process since
            its start. What the store cannot answer at that moment is left out. A scrape costs two small reads of
            the store. The numbers of sessions and users and the sizes are read again after 15 s, or later when
            reading them is slow.

            This page is made from `Sources/TokenHTTP/Metrics/MetricCatalogue.swift`:
            `HEIRLOOM_WRITE_DOCS=1 swift test --filter MetricCatalogue`.

            | metric | type | labels | meaning |
            |---|---|---|---|
            \(rows.joined())
            Alert rules for Prometheus (`alerts.rules.yml`) and a dashboard for Grafana (`dashboard.json`) are in
            `/usr/share/heirloom` (in the sources: `Packaging/monitoring`).

            """
    }
}
