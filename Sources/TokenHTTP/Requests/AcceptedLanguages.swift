import HTTPTypes

/// The languages that a client accepts: `Accept-Language` (RFC 9110 §12.5.4).
package struct AcceptedLanguages: Sendable {
    private let ranges: [Range]

    private static let maximumBytes = 1024
    private static let maximumRanges = 32

    /// A client accepts no language in particular if the field is absent, malformed or too long.
    package init(_ fields: HeaderFields) {
        ranges = AcceptedLanguages.ranges(in: fields[values: .acceptLanguage]) ?? []
    }

    private static func ranges(in values: [String]) -> [Range]? {
        guard values.reduce(0, { $0 + $1.utf8.count }) <= maximumBytes else { return nil }
        let members = values.flatMap { $0.utf8.listMembers() }
        guard members.count <= maximumRanges else { return nil }
        let ranges = members.compactMap { Range($0) }
        return ranges.count == members.count ? ranges : nil
    }

    /// The language with the greatest weight, the first of several; nil if the client accepts none of them.
    ///
    /// - Parameter languages: primary subtags in lower case, such as `de`, which `de-AT` means too.
    package func preferred(among languages: [String]) -> String? {
        var preferred: (language: String, weight: Int)?
        for range in ranges where range.weight > preferred?.weight ?? 0 {
            let language = languages.first { language in
                // An asterisk is for the languages that no other range names.
                range.isAny ? !ranges.contains { $0.matches(language) } : range.matches(language)
            }
            if let language { preferred = (language, range.weight) }
        }
        return preferred?.language
    }
}

extension AcceptedLanguages {
    /// A language range (RFC 4647 §2.1) and its weight.
    private struct Range {
        /// The primary subtag, or an asterisk.
        let primary: [UInt8]
        /// From 0 to 1000.
        let weight: Int

        var isAny: Bool { primary == [UInt8(ascii: "*")] }

        func matches(_ language: String) -> Bool { primary.isWord(language) }

        init?(_ member: Substring.UTF8View) {
            let parts = member.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
                .map { $0.trimmingSpaces() as Substring.UTF8View }
            guard parts.count <= 2, let weight = parts.count == 2 ? Range.weight(parts[1]) : 1000 else { return nil }
            let subtags = parts[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            primary = Array(subtags[0])
            self.weight = weight
            guard !parts[0].elementsEqual("*".utf8) else { return }
            guard primary.allSatisfy(Range.isLetter),
                subtags.allSatisfy({ subtag in
                    (1...8).contains(subtag.count) && subtag.allSatisfy { Range.isLetter($0) || Range.isDigit($0) }
                })
            else { return nil }
        }

        /// A weight in thousandths (RFC 9110 §12.4.2).
        private static func weight(_ parameter: Substring.UTF8View) -> Int? {
            let bytes = Array(parameter)
            guard (3...7).contains(bytes.count), bytes.prefix(2).isWord("q="), isDigit(bytes[2]),
                bytes.count == 3 || bytes[3] == UInt8(ascii: "."), bytes.dropFirst(4).allSatisfy(isDigit)
            else { return nil }
            let decimals = bytes.dropFirst(4) + Array(repeating: UInt8(ascii: "0"), count: 7 - max(4, bytes.count))
            let weight = ([bytes[2]] + decimals).reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
            return weight <= 1000 ? weight : nil
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    }
}
