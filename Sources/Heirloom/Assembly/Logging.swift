import Foundation
import Logging
import StrictCoding
import TokenCore

/// Log lines on standard error, as text for people or as JSON for machines.
enum LogOutput {
    static func bootstrap(level: Logger.Level, json: Bool) {
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler = json ? JSONLogHandler() : StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }
}

/// One JSON object a line: `time`, `level`, `message`, and the metadata.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        var line = JSONWriter.object { json in
            json.member("time", Assembly.systemClock().description)
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            json.member(
                "metadata",
                object: { json in
                    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                        json.member(named: key, value.description)
                    }
                })
        }
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardError.write(Data(line))
    }
}
