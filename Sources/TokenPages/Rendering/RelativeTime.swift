import TokenCore

/// A time as a page shows it: relative in the text, absolute in a tooltip.
struct RelativeTime {
    let words: String
    /// RFC 3339, for machines.
    let exact: String
    /// For people.
    let title: String

    init(_ time: Timestamp, now: Timestamp) {
        exact = time.description
        title = time.description.prefix(19).replacing("T", with: " ") + " UTC"
        words = RelativeTime.words(Int((time - now).rounded()))
    }

    /// - Parameter seconds: from now; negative for the past.
    private static func words(_ seconds: Int) -> String {
        let units = [("day", 86_400), ("hour", 3600), ("minute", 60)]
        guard let (name, length) = units.first(where: { abs(seconds) >= $0.1 }) else {
            return seconds > 0 ? "in less than a minute" : "just now"
        }
        let count = (abs(seconds) + length / 2) / length
        let amount = "\(count) \(name)\(count == 1 ? "" : "s")"
        return seconds > 0 ? "in \(amount)" : "\(amount) ago"
    }
}
