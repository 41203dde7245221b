import Logging
import TokenCore

/// Logs the events of the audit trail that an operator should know at once: who, which session, how far behind.
/// Never a token.
enum SecurityLog {
    // Made when the first event is logged, after the logging system was set up.
    private static let logger = Logger(label: "heirloom.security")

    private static let messages: [EventRecord.Kind: Logger.Message] = [
        .reuseDetected: "A used refresh token was presented; its session is ended",
        .rollbackDetected: "A refresh token that this database has not made was presented; its session is ended",
        .clientMismatch: "A refresh token was presented by another client than its session's",
    ]

    static func record(_ event: EventRecord) {
        guard let message = messages[event.kind] else { return }
        var details: Logger.Metadata = ["kind": "\(event.kind.rawValue)"]
        details["subject"] = event.subject.map { "\($0.value)" }
        details["session_id"] = event.session.map { "\($0)" }
        details["client_id"] = event.client.map { "\($0.value)" }
        details["address"] = event.address.map { "\($0)" }
        details["generations_behind"] = event.generationsBehind.map { "\($0)" }
        details["detail"] = event.detail.map { "\($0)" }
        logger.warning(message, metadata: details)
    }
}
