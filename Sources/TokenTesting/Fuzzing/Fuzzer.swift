package import Foundation

/// Inputs for a reader of outside bytes: the entries of a corpus, then changes of them. One seed gives one series.
///
/// The environment variable `FUZZ_SEED` is the seed, by default 1, and `FUZZ_RUNS` the number of changed inputs, by
/// default 1000. A run with a smaller number has the first inputs of a longer one.
package struct Fuzzer: Sequence, IteratorProtocol {
    private var entries: ArraySlice<[UInt8]>
    private var mutator: Mutator
    private var runs: Int

    /// - Parameter corpus: the entries; an empty one is added.
    package init(corpus: [[UInt8]]) {
        let environment = ProcessInfo.processInfo.environment
        entries = (corpus + [[]])[...]
        mutator = Mutator(corpus: corpus + [[]], seed: environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1)
        runs = environment["FUZZ_RUNS"].flatMap { Int($0) } ?? 1000
    }

    /// Reads a corpus: an entry a line, with the escapes `\\`, `\n`, `\r` and `\xHH`. Lines that start with `# ` are
    /// comments.
    ///
    /// - Throws: an error of Foundation for a file that cannot be read.
    package init(corpus file: URL) throws {
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
        self.init(corpus: lines.filter { !$0.starts(with: "# ".utf8) }.map(Fuzzer.unescape))
    }

    package mutating func next() -> [UInt8]? {
        if let entry = entries.popFirst() { return entry }
        guard runs > 0 else { return nil }
        runs -= 1
        return mutator.next()
    }

    private static func unescape(_ line: some Collection<UInt8>) -> [UInt8] {
        var entry: [UInt8] = []
        var rest = line.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.next() else {
                entry.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): entry.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): entry.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "x"):
                let digits = [rest.next(), rest.next()].compactMap { $0 }
                entry.append(UInt8(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0)
            default: entry.append(escaped)
            }
        }
        return entry
    }

    /// An input as a message shows it, and as a line of a corpus.
    package static func escape(_ input: [UInt8]) -> String {
        input.prefix(512).map { byte in
            switch byte {
            case UInt8(ascii: "\\"): "\\\\"
            case 0x20..<0x7F: String(Unicode.Scalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
