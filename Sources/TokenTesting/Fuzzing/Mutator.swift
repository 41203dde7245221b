/// Makes inputs for a reader of outside bytes: changes entries of a corpus as a seed decides.
struct Mutator {
    /// No input is longer, in bytes.
    static let longestInput = 1 << 14

    private let corpus: [[UInt8]]
    private var generator: SeededGenerator

    /// - Parameter corpus: at least one entry.
    init(corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        generator = SeededGenerator(seed: seed)
    }

    /// Returns an entry of the corpus with one to four changes.
    mutating func next() -> [UInt8] {
        var input = corpus[random(below: corpus.count)]
        for _ in 0...random(below: 4) { change(&input) }
        return Array(input.prefix(Mutator.longestInput))
    }

    private mutating func change(_ input: inout [UInt8]) {
        let start = random(below: input.count + 1)
        let range = start..<min(input.count, start + random(below: 16))
        switch random(below: 10) {
        case 0 where start < input.count: input[start] ^= 1 << UInt8(random(below: 8))
        case 1 where start < input.count: input[start] = UInt8(random(below: 256))
        case 2: input.removeSubrange(range)
        case 3: input.insert(contentsOf: input[range], at: start)
        case 4: input.removeSubrange(start...)
        case 5:
            let other = corpus[random(below: corpus.count)]
            input.replaceSubrange(start..., with: other.dropFirst(random(below: other.count + 1)))
        case 6:
            let token = Mutator.tokens[random(below: Mutator.tokens.count)]
            let count = generator.chance(90) ? random(below: 64) : random(below: Mutator.longestInput / token.count)
            input.insert(contentsOf: repeatElement(token, count: count).joined(), at: start)
        case 7:
            // A number in place of a number.
            guard let digit = input[start...].firstIndex(where: Mutator.isDigit) else { return }
            let digits = input[digit...].prefix(while: Mutator.isDigit)
            input.replaceSubrange(digits.indices, with: Mutator.numbers[random(below: Mutator.numbers.count)])
        default: input.insert(contentsOf: Mutator.tokens[random(below: Mutator.tokens.count)], at: start)
        }
    }

    private mutating func random(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Integers at the limits of 32, 52, 53, 63 and 64 bits, and numbers that are not integers.
    private static let numbers = [
        "-1", "-0", "00", "0.5", "1.0", "1e3", "1e400", "4294967295", "4294967296", "4503599627370495",
        "4503599627370496", "9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
    ].map { Array($0.utf8) }

    /// Separators and signs of the wire's grammars, characters that are canonically equivalent to them or to letters,
    /// marks that combine with what precedes them, and bytes that are not UTF-8.
    private static let tokens =
        numbers
        + [
            ";", "=", "&", ",", ".", "/", ":", "+", "-", "%", "\"", "\\", "`", "*", "W/", " ", "\t", "\r\n", "\0", "K",
            "\u{37E}", "\u{1FEF}", "\u{340}", "\u{341}", "\u{343}", "\u{2000}", "\u{2001}", "\u{212A}", "\u{2126}",
            "\u{301}", "\u{316}", "\u{301}\u{316}", "\u{338}", "\u{FEFF}", "\u{1F600}", "e\u{301}", "\u{E9}",
            "\\u0000", "\\ud800", "\\udc00", "\\u0301", "%00", "%3B", "%C0%80", "%cc%81", "{", "}", "[", "]",
            "[[[[[[[[",
            "null", "true", "{}", "[]", "::ffff:", "127.0.0.1",
        ].map { Array($0.utf8) } + [[0x80], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]
}
