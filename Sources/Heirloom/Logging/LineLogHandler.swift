import Foundation
import Logging
import Synchronization

/// Writes log lines to standard error.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: LogFormat

    static func bootstrap(level: Logger.Level, format: LogFormat) {
        // Without this, a closed pipe at standard error ends the process.
        signal(SIGPIPE, SIG_IGN)
        LogWriter.standardError.format.withLock { $0 = format }
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level, format: format) }
    }

    init(logLevel: Logger.Level, format: LogFormat) {
        self.logLevel = logLevel
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard !event.isNoiseOfShutdown else { return }
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let line = LogLine(
            time: SystemClock.now(), level: event.level, message: event.message.description,
            details: details.map { ($0.key, $0.value.description) })
        LogWriter.standardError.write(line.text(format))
    }
}

extension LogEvent {
    /// Whether this is an error that Hummingbird's server logs when it is stopped before it listens. Nobody need act.
    fileprivate var isNoiseOfShutdown: Bool {
        guard level == .error, source == "HummingbirdCore" else { return false }
        let text = message.description
        return text == "Waiting on child channel: CancellationError()" || text.hasPrefix("Server shutdown error: ")
    }
}
