import Logging
import SessionEngine
import TokenCore

/// Logs what an operator should know of webhooks.
enum WebhookLog {
    // Made when the first line is logged, after the logging system was set up.
    private static let logger = Logger(label: "heirloom.webhooks")

    static func record(_ name: WebhookName, _ notice: WebhookNotice) {
        var details: Logger.Metadata = ["webhook": "\(name)"]
        func add(_ event: EventRecord, _ failure: WebhookFailure? = nil) {
            details["event"] = "\(event.number)"
            details["kind"] = "\(event.kind.rawValue)"
            details["reason"] = failure.map { "\($0)" }
        }
        switch notice {
        case .failing(let event, let failure):
            add(event, failure)
            logger.warning("A webhook cannot be delivered; it is tried again", metadata: details)
        case .recovered(let event):
            add(event)
            logger.notice("A webhook is delivered again", metadata: details)
        case .skipped(let event, let failure):
            add(event, failure)
            logger.warning("An event was skipped, because its webhook has failed for a day", metadata: details)
        case .deleted(let count):
            details["count"] = "\(count)"
            logger.warning("Events were deleted before their webhook was delivered", metadata: details)
        case .stuck(let reason):
            details["reason"] = "\(reason)"
            logger.warning("A webhook waits for the database", metadata: details)
        }
    }
}
