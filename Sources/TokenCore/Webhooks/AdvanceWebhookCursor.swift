/// Replaces the cursor of a webhook, if it is still the one that the caller has read. So at most one of several nodes
/// takes a webhook, and a node that has lost it stores nothing any more.
package struct AdvanceWebhookCursor: Command {
    package var old: WebhookCursor
    package var new: WebhookCursor

    package init(from old: WebhookCursor, to new: WebhookCursor) {
        self.old = old
        self.new = new
    }

    package func prefetch(into keys: inout RowKeys) { keys.webhooks.insert(old.name) }

    /// - Returns: whether the cursor was replaced.
    package func apply(to transaction: inout Transaction) throws -> Bool {
        guard try transaction.webhookCursor(old.name) == old else { return false }
        transaction.save(new)
        return true
    }
}
