import Synchronization
package import TokenCore

/// Delivers the audit trail to one webhook: in order, each event at least once, and by one node at a time.
///
/// The cursor in the store says how far it is, which node delivers, and when a failed event is tried again. All nodes
/// read it, so that one takes over where another one ends. A node that is killed between a delivery and the next
/// storing of the cursor makes the other node deliver at most a second's events again.
package final class WebhookRunner: Sendable {
    /// What a runner works with.
    package struct Parts: Sendable {
        let store: any Store
        let lane: CommitLane
        let transport: any WebhookTransport
        let clock: Clock
        let entropy: Entropy
        let notify: @Sendable (WebhookName, WebhookNotice) -> Void

        /// - Parameter notify: called with what an operator should know; must not block.
        package init(
            store: any Store, lane: CommitLane, transport: any WebhookTransport, clock: @escaping Clock,
            entropy: Entropy = .system, notify: @escaping @Sendable (WebhookName, WebhookNotice) -> Void
        ) {
            self.store = store
            self.lane = lane
            self.transport = transport
            self.clock = clock
            self.entropy = entropy
            self.notify = notify
        }
    }

    private let webhook: Webhook
    private let node: String
    private let parts: Parts
    private let pageLimit: Int
    private let metrics: WebhookMetrics
    /// Whether a try of this process has failed.
    private let hasFailed = Atomic(false)

    /// - Parameters:
    ///   - node: names this process, and no other one.
    ///   - pageLimit: the most events that are read at a time.
    package init(_ webhook: Webhook, node: String, parts: Parts, pageLimit: Int = 100) {
        self.webhook = webhook
        self.node = node
        self.parts = parts
        self.pageLimit = pageLimit
        metrics = WebhookMetrics(webhook.name)
    }

    /// Makes the cursor of a new webhook: at the newest event.
    package func start() async throws { _ = try await parts.lane.submit(StartWebhook(webhook.name)) }

    /// Delivers until its task is cancelled. Looks for events twice a second.
    package func run() async {
        var isStuck = false
        while !Task.isCancelled {
            var mayBeMore = false
            do {
                mayBeMore = try await step()
                isStuck = false
            } catch {
                // The next look tries again.
                if !isStuck, !Task.isCancelled { parts.notify(webhook.name, .stuck("\(error)")) }
                isStuck = true
            }
            if !mayBeMore { try? await Task.sleep(for: .milliseconds(500)) }
        }
    }

    /// Delivers the next events, if there are any and no other node delivers.
    ///
    /// - Returns: whether there may be more to deliver at once.
    package func step() async throws -> Bool {
        guard let cursor = try await parts.store.webhookCursor(webhook.name) else {
            try await start()
            return true
        }
        let now = parts.clock()
        metrics.isFailing(since: cursor.failingSince, at: now)
        guard cursor.isFree(for: node, at: now) else { return false }
        let page = try await parts.store.events(EventQuery(after: cursor.position), limit: pageLimit)
        guard let first = page.first else { return false }
        var turn = WebhookTurn(
            webhook, node: node, parts: parts, metrics: metrics, cursor: cursor,
            deleted: try await numberOfDeleted(between: cursor.position, and: first.number),
            hasFailed: hasFailed.load(ordering: .relaxed))
        defer { hasFailed.store(turn.hasFailed, ordering: .relaxed) }
        return try await turn.deliver(page, isFull: page.count == pageLimit)
    }

    /// How many events were deleted that the webhook has not reached. Numbers that were never used count as events.
    private func numberOfDeleted(between position: Int, and next: Int) async throws -> Int {
        guard next > position + 1, let oldest = try await parts.store.events(EventQuery(after: 0), limit: 1).first
        else { return 0 }
        return max(0, oldest.number - position - 1)
    }
}
