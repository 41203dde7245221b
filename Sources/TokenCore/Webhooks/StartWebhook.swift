/// Makes the cursor of a webhook that is new: at the newest event, so that earlier ones are not delivered.
package struct StartWebhook: Command {
    package var name: WebhookName

    package init(_ name: WebhookName) { self.name = name }

    package func prefetch(into keys: inout RowKeys) { keys.webhooks.insert(name) }

    /// - Returns: the cursor, also one that was there already.
    package func apply(to transaction: inout Transaction) throws -> WebhookCursor {
        if let known = try transaction.webhookCursor(name) { return known }
        let newest = try transaction.newestEventNumber()
        let cursor = WebhookCursor(name: name, position: newest, heldUntil: transaction.now)
        transaction.save(cursor)
        return cursor
    }
}
