package import Logging
import StrictCoding
package import TokenCore

/// One entry of the log.
package struct LogLine {
    package var time: Timestamp
    package var level: Logger.Level
    package var message: String
    /// Names and values.
    package var details: [(key: String, value: String)]

    package init(time: Timestamp, level: Logger.Level, message: String, details: [(key: String, value: String)] = []) {
        self.time = time
        self.level = level
        self.message = message
        self.details = details
    }

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text: logfmt
        case .json: json
        }
    }

    /// `time=… level=… message=…` and the details, with a line feed. A value is quoted unless it is a plain word.
    package var logfmt: String {
        var text = ""
        let fields = [("time", time.description), ("level", level.rawValue), ("message", message)] + details
        for (key, value) in fields {
            if !text.isEmpty { text += " " }
            text += LogLine.key(key) + "=" + LogLine.value(value)
        }
        return text + "\n"
    }

    /// An object with the members `time`, `level`, `message` and `metadata`, with a line feed.
    package var json: String {
        let line = JSONWriter.object { json in
            json.member("time", time.description)
            json.member("level", level.rawValue)
            json.member("message", message)
            json.member("metadata", object: { json in for (key, value) in details { json.member(named: key, value) } })
        }
        return String(decoding: line, as: UTF8.self) + "\n"
    }

    private static func key(_ key: String) -> String {
        let bytes = key.utf8.map { byte in
            (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") && byte != UInt8(ascii: "\"")
                ? byte : UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ value: String) -> String {
        let isPlain = !value.utf8.isEmpty && value.unicodeScalars.allSatisfy { isShown($0) && !isSpecial($0) }
        guard !isPlain else { return value }
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where isShown(scalar): text.unicodeScalars.append(scalar)
            default: text += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return text + "\""
    }

    /// Whether a character may end an unquoted value.
    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" || scalar == "=" || scalar == "\\" || scalar.properties.isWhitespace
    }

    /// Whether a character changes nothing but its own place on a terminal.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return (0x20...0x7E).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: return false
        default: return true
        }
    }
}
