package import TokenCore

/// What an operator should know of a webhook.
package enum WebhookNotice: Sendable, Equatable {
    /// The first try of an event has failed, or the first try of this process that fails.
    case failing(EventRecord, WebhookFailure)
    /// An event was delivered that had failed before.
    case recovered(EventRecord)
    /// An event has failed for a day and is not tried again.
    case skipped(EventRecord, WebhookFailure)
    /// So many events were deleted from the audit trail before the webhook has reached them.
    case deleted(Int)
    /// The store cannot be read or written, and why. The look after each of several failures is not a notice.
    case stuck(String)
}
