import TokenCore

/// A time as a page shows it: relative in the text, absolute in a tooltip.
struct RelativeTime {
    let words: String
    /// RFC 3339, for machines.
    let exact: String
    /// For people.
    let title: String

    init(_ time: Timestamp, now: Timestamp, in text: any Texts) {
        exact = time.description
        title = time.description.prefix(19).replacing("T", with: " ") + " UTC"
        words = RelativeTime.words(Int((time - now).rounded()), in: text)
    }

    /// - Parameter seconds: from now; negative for the past.
    private static func words(_ seconds: Int, in text: any Texts) -> String {
        guard let unit = TimeUnit.allCases.first(where: { abs(seconds) >= $0.seconds }) else {
            return seconds > 0 ? text.inLessThanAMinute : text.justNow
        }
        let count = (abs(seconds) + unit.seconds / 2) / unit.seconds
        return seconds > 0 ? text.future(count, unit) : text.past(count, unit)
    }
}
