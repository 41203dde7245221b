/// A row of `webhook_cursors`: how far a webhook has been delivered, and which node delivers it.
package struct WebhookCursor: Sendable, Equatable {
    /// How long a node may deliver without storing the cursor again.
    package static let leaseSeconds = 30
    /// The longest time from one try of an event to the next one.
    package static let longestPauseSeconds = 600

    package let name: WebhookName
    /// Every event up to this number was delivered or skipped.
    package var position: Int
    /// When the next event was first tried, if it has failed.
    package var failingSince: Timestamp?
    /// The node that delivers; nil for none.
    package var holder: String?
    /// No other node delivers before this time. Without a holder, it is the time of the next try.
    package var heldUntil: Timestamp

    package init(
        name: WebhookName, position: Int, failingSince: Timestamp? = nil, holder: String? = nil, heldUntil: Timestamp
    ) {
        self.name = name
        self.position = position
        self.failingSince = failingSince
        self.holder = holder
        self.heldUntil = heldUntil
    }

    /// Whether a node may deliver now.
    package func isFree(for node: String, at now: Timestamp) -> Bool {
        if let holder, holder.utf8.elementsEqual(node.utf8) { return true }
        // A time that no node stores comes from a clock that was ahead.
        return heldUntil <= now || heldUntil > now + WebhookCursor.longestPauseSeconds
    }
}
