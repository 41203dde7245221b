import StrictCoding

/// The fields of a password hash, which dollar signs separate: `$scheme$parameters$salt$hash` (the PHC string format).
struct HashFields {
    /// The whole hash, of visible ASCII characters.
    let text: [UInt8]
    /// The first one is empty in most formats.
    let fields: [ArraySlice<UInt8>]

    init(text: [UInt8]) {
        self.text = text
        fields = text.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
    }

    func isField(_ index: Int, _ value: String) -> Bool {
        fields.indices.contains(index) && fields[index].elementsEqual(value.utf8)
    }

    /// A decimal number without sign and leading zeros, of at most nine digits.
    static func number(_ text: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }),
            text.first != 0x30 || text.count == 1
        else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Numbers by their names, as in `m=19456,t=2,p=1`; nil when there are others than `names`, or one twice.
    func numbers(_ index: Int, of names: [String]) -> [String: Int]? {
        guard fields.indices.contains(index) else { return nil }
        var numbers: [String: Int] = [:]
        for pair in fields[index].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let parts = pair.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            guard parts.count == 2, let name = names.first(where: { parts[0].elementsEqual($0.utf8) }),
                numbers[name] == nil, let number = HashFields.number(parts[1])
            else { return nil }
            numbers[name] = number
        }
        return numbers
    }

    /// Base64 in the standard alphabet, or with `.` in the place of `+`, without padding.
    func bytes(_ index: Int, count: ClosedRange<Int>) -> [UInt8]? {
        guard fields.indices.contains(index) else { return nil }
        let text = fields[index].map { character -> UInt8 in
            switch character {
            case UInt8(ascii: "+"), UInt8(ascii: "."): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            // Not of this alphabet.
            case UInt8(ascii: "-"), UInt8(ascii: "_"): 0
            default: character
            }
        }
        guard let bytes = Base64URL.decode(text), count.contains(bytes.count) else { return nil }
        return bytes
    }
}
