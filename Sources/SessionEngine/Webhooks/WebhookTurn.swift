import TokenCore

/// The delivery of one page of events to a webhook.
struct WebhookTurn {
    /// The longest time for which a delivered event is not stored as such.
    private static let storeSeconds = 1
    /// What must be left of the lease when a try begins: the time that a try may take, and 10 s by which the clocks of
    /// the nodes may differ.
    private static let reserveSeconds = 20

    private let webhook: Webhook
    private let node: String
    private let parts: WebhookRunner.Parts
    private let metrics: WebhookMetrics
    /// The cursor that the store has.
    private var stored: WebhookCursor
    private var storedAt: Timestamp
    private var cursor: WebhookCursor
    /// How many events before this page were deleted, until the cursor is stored behind them.
    private var deleted: Int
    /// Whether a try of this process has failed.
    private(set) var hasFailed: Bool

    init(
        _ webhook: Webhook, node: String, parts: WebhookRunner.Parts, metrics: WebhookMetrics, cursor: WebhookCursor,
        deleted: Int, hasFailed: Bool
    ) {
        self.webhook = webhook
        self.node = node
        self.parts = parts
        self.metrics = metrics
        self.cursor = cursor
        self.deleted = deleted
        self.hasFailed = hasFailed
        stored = cursor
        storedAt = parts.clock()
        self.cursor.position += deleted
        // The event that has failed is deleted too. The next one has a day of its own.
        self.cursor.failingSince = deleted > 0 ? nil : WebhookTurn.failingSince(cursor, at: storedAt)
    }

    /// A try that is later than this counts as the end of an outage of the service.
    private static let longestDelaySeconds = 60

    /// The time of the first failed try, moved forward by the time in which no node ran.
    private static func failingSince(_ cursor: WebhookCursor, at now: Timestamp) -> Timestamp? {
        guard var since = cursor.failingSince else { return nil }
        if now > cursor.heldUntil + longestDelaySeconds {
            since = Timestamp(
                milliseconds: since.milliseconds + now.milliseconds - cursor.heldUntil.milliseconds)
        }
        // A time that lies ahead comes from a clock that was ahead.
        return min(since, now)
    }

    /// Delivers the events of a page until one fails, another node takes over, or the task is cancelled.
    ///
    /// - Parameter isFull: whether there may be a further page.
    /// - Returns: whether the next page may be delivered at once.
    mutating func deliver(_ page: [EventRecord], isFull: Bool) async throws -> Bool {
        for event in page {
            if Task.isCancelled { break }
            if webhook.wants(event) {
                guard try await hold(), try await settle(event) else { return false }
            }
            cursor.position = event.number
            cursor.failingSince = nil
            if isStoreDue, try await !store(holding: true) { return false }
        }
        let goesOn = isFull && !Task.isCancelled
        return try await store(holding: goesOn) && goesOn
    }

    /// Whether the cursor must be stored: after a second, and when the clock has been set back.
    private var isStoreDue: Bool {
        let now = parts.clock()
        return now >= storedAt + WebhookTurn.storeSeconds || now < storedAt
    }

    /// Takes the lease, or renews it when little is left of it.
    ///
    /// - Returns: whether this node may deliver.
    private mutating func hold() async throws -> Bool {
        let now = parts.clock()
        let isHeld =
            stored.holder == node && stored.heldUntil > now + WebhookTurn.reserveSeconds
            && stored.heldUntil <= now + WebhookCursor.leaseSeconds
        return try await isHeld ? true : store(holding: true)
    }

    /// Sends an event. When that fails, the event is due again after a pause, and any node may send it then.
    ///
    /// - Returns: whether the event was delivered, or is skipped.
    private mutating func settle(_ event: EventRecord) async throws -> Bool {
        let start = parts.clock()
        guard let failure = await failure(of: event, at: start) else {
            metrics.deliveredOne()
            if cursor.failingSince != nil {
                metrics.isFailing(since: nil, at: start)
                parts.notify(webhook.name, .recovered(event))
            }
            return true
        }
        // The end of the service has cut the try off.
        if Task.isCancelled {
            _ = try await store(holding: false)
            return false
        }
        metrics.failedOnce()
        let now = parts.clock()
        let failingSince = cursor.failingSince ?? start
        if WebhookRetry.isOver(since: failingSince, at: now) {
            metrics.skipped(1)
            parts.notify(webhook.name, .skipped(event, failure))
            return true
        }
        // After a start the log of this process does not say yet that the event fails.
        if cursor.failingSince == nil || !hasFailed { parts.notify(webhook.name, .failing(event, failure)) }
        hasFailed = true
        cursor.failingSince = failingSince
        cursor.holder = nil
        cursor.heldUntil = WebhookRetry.next(since: failingSince, at: now, random: parts.entropy.bytes())
        _ = try await replace(at: now)
        return false
    }

    private func failure(of event: EventRecord, at now: Timestamp) async -> WebhookFailure? {
        do {
            let status = try await parts.transport.send(WebhookRequest(event, to: webhook, at: now))
            return (200..<300).contains(status) ? nil : .status(status)
        } catch {
            return error
        }
    }

    /// Stores the cursor.
    ///
    /// - Parameter holding: whether this node goes on delivering.
    /// - Returns: whether it still may.
    private mutating func store(holding: Bool) async throws -> Bool {
        let now = parts.clock()
        cursor.holder = holding ? node : nil
        cursor.heldUntil = holding ? now + WebhookCursor.leaseSeconds : now
        return try await replace(at: now)
    }

    private mutating func replace(at now: Timestamp) async throws -> Bool {
        guard try await parts.lane.submit(AdvanceWebhookCursor(from: stored, to: cursor)) else { return false }
        stored = cursor
        storedAt = now
        if deleted > 0 {
            metrics.skipped(deleted)
            parts.notify(webhook.name, .deleted(deleted))
            deleted = 0
        }
        return true
    }
}
