/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7, IMF-fixdate).
enum HTTPDate {
    private static let months = Array("JanFebMarAprMayJunJulAugSepOctNovDec".utf8)

    /// Reads a date of the years 1970 to 9999; nil if the text is anything else. The day of the week is not compared.
    static func unixSeconds(_ text: [UInt8]) -> Int? {
        guard text.count == 29, text[3] == UInt8(ascii: ","), Array(text[25...]) == Array(" GMT".utf8),
            [4, 7, 11, 16].allSatisfy({ text[$0] == UInt8(ascii: " ") }),
            [19, 22].allSatisfy({ text[$0] == UInt8(ascii: ":") }),
            let month = stride(from: 0, to: 36, by: 3).first(where: { months[$0..<$0 + 3] == text[8..<11] }),
            let day = number(text[5..<7], 1...31), let year = number(text[12..<16], 1970...9999),
            let hour = number(text[17..<19], 0...23), let minute = number(text[20..<22], 0...59),
            let second = number(text[23..<25], 0...60)
        else { return nil }
        return ((days(year, month / 3 + 1, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    private static func number(_ digits: ArraySlice<UInt8>, _ range: ClosedRange<Int>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let value = digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
        return range.contains(value) ? value : nil
    }

    /// The number of days since 1 January 1970 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March, so that the leap day is the last day of a year.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
