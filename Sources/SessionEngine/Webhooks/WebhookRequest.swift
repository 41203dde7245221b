import StrictCoding
package import TokenCore

/// A POST that delivers an event (Standard Webhooks).
package struct WebhookRequest: Sendable {
    package let url: String
    package let headers: [(name: String, value: String)]
    /// The event as the admin API shows it.
    package let body: [UInt8]

    /// - Parameter now: the time of this try.
    package init(_ event: EventRecord, to webhook: Webhook, at now: Timestamp) {
        // After a restore from a backup another event may have the number. It has another time.
        let id = "evt_\(event.number)_\(event.at.milliseconds)"
        let body = JSONWriter.object { $0.event(event) }
        let timestamp = now.seconds
        let signatures = webhook.secrets.map { $0.signature(id: id, timestamp: timestamp, body: body) }
        url = webhook.url
        headers = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
        self.body = body
    }
}
