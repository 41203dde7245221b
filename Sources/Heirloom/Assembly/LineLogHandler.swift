import Foundation
import Logging
import StrictCoding
import TokenCore

/// Log lines on standard error, as text for people or as JSON for machines.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let isJSON: Bool

    static func bootstrap(level: Logger.Level, json: Bool) {
        // A reader that has gone must not take the service with it.
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level, isJSON: json) }
    }

    init(logLevel: Logger.Level, isJSON: Bool) {
        self.logLevel = logLevel
        self.isJSON = isJSON
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Assembly.systemClock().description
        LogWriter.standardError.write(isJSON ? json(event, details, time) : text(event, details, time))
    }

    private func text(_ event: LogEvent, _ details: [(key: String, value: Logger.MetadataValue)], _ time: String)
        -> String
    {
        let pairs = details.map { " \($0.key)=\($0.value)" }.joined()
        // One event, one line, whatever was logged.
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
