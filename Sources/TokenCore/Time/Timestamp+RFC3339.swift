extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, for people: `2026-01-31T09:30:00.250Z`.
    package var description: String {
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let inDay = Int(milliseconds) - days * 86_400_000
        let date = Timestamp.civilDate(daysSinceEpoch: days)
        let seconds = inDay / 1000
        return String(unsafeUninitializedCapacity: 24) { text in
            var length = 0
            func append(_ number: Int, width: Int, then separator: Unicode.Scalar) {
                var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
                while divisor > 0 {
                    text[length] = UInt8(ascii: "0") + UInt8(number / divisor % 10)
                    length += 1
                    divisor /= 10
                }
                text[length] = UInt8(ascii: separator)
                length += 1
            }
            append(date.year, width: 4, then: "-")
            append(date.month, width: 2, then: "-")
            append(date.day, width: 2, then: "T")
            append(seconds / 3600, width: 2, then: ":")
            append(seconds / 60 % 60, width: 2, then: ":")
            append(seconds % 60, width: 2, then: ".")
            append(inDay % 1000, width: 3, then: "Z")
            return length
        }
    }

    /// Days since the epoch to a proleptic Gregorian date, by eras of 400 years that start on 1 March.
    private static func civilDate(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
