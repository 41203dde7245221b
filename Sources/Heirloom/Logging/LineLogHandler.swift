import Foundation
import Logging
import StrictCoding
import TokenCore

/// Writes log lines to standard error.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: LogFormat

    static func bootstrap(level: Logger.Level, format: LogFormat) {
        // Without this, a closed pipe at standard error ends the process.
        signal(SIGPIPE, SIG_IGN)
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
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = SystemClock.now().description
        let line =
            switch format {
            case .text: text(event, details, time)
            case .json: json(event, details, time)
            }
        LogWriter.standardError.write(line)
    }

    private func text(_ event: LogEvent, _ details: [(key: String, value: Logger.MetadataValue)], _ time: String)
        -> String
    {
        let pairs = details.map { " \($0.key)=\($0.value)" }.joined()
        // An event is one line, even when its texts have line breaks.
        let line = "\(time) \(event.level) \(event.message)\(pairs)"
        return line.replacing("\n", with: "\\n").replacing("\r", with: "\\r") + "\n"
    }

    private func json(_ event: LogEvent, _ details: [(key: String, value: Logger.MetadataValue)], _ time: String)
        -> String
    {
        let line = JSONWriter.object { json in
            json.member("time", time)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            json.member(
                "metadata",
                object: { json in
                    for (key, value) in details { json.member(named: key, value.description) }
                })
        }
        return String(decoding: line, as: UTF8.self) + "\n"
    }
}
