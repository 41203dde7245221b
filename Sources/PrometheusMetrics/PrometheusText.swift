/// Writes the text format of Prometheus, version 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    mutating func family(_ name: String, _ kind: String, help: String?) {
        if let help { text += "# HELP \(name) \(PrometheusText.escape(help, quotes: false))\n" }
        text += "# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ name: String, _ labels: LabelSet, _ value: Double) {
        text += labels.text.isEmpty ? name : "\(name){\(labels.text)}"
        text += " \(PrometheusText.number(value))\n"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        return value.description
    }

    static func escape(_ value: String, quotes: Bool) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// Replaces each character that a metric name must not contain with an underscore.
    static func metricName(_ name: String) -> String { clean(name) { $0 == ":" } }

    /// Replaces each character that a label name must not contain with an underscore.
    static func labelName(_ name: String) -> String { clean(name) { _ in false } }

    private static func clean(_ name: String, also isAllowed: (Unicode.Scalar) -> Bool) -> String {
        var cleaned = ""
        for (index, character) in name.unicodeScalars.enumerated() {
            switch character {
            case "a"..."z", "A"..."Z", "_": cleaned.unicodeScalars.append(character)
            case "0"..."9" where index > 0: cleaned.unicodeScalars.append(character)
            default: cleaned.unicodeScalars.append(isAllowed(character) ? character : "_")
            }
        }
        return cleaned.isEmpty ? "_" : cleaned
    }
}
