package import TokenCore

/// A receiver of the audit trail.
package struct Webhook: Sendable {
    package let name: WebhookName
    /// An `https` URL, or an `http` URL of this machine.
    package let url: String
    /// One secret, or two while the receiver changes from one to the other.
    package let secrets: [WebhookSecret]
    /// Empty for all kinds.
    package let kinds: Set<EventRecord.Kind>

    package init(name: WebhookName, url: String, secrets: [WebhookSecret], kinds: Set<EventRecord.Kind>) {
        self.name = name
        self.url = url
        self.secrets = secrets
        self.kinds = kinds
    }

    func wants(_ event: EventRecord) -> Bool { kinds.isEmpty || kinds.contains(event.kind) }
}
