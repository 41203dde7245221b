/// Reads header values as bytes. A `String` compares by canonical equivalence: that is slow on hostile text, and lets
/// other characters pass for separators, such as U+037E for the semicolon.
extension BidirectionalCollection<UInt8> {
    /// The bytes without spaces and tabs at their ends: optional white space (RFC 9110 §5.6.3).
    func trimmingSpaces() -> SubSequence {
        var rest = self[...]
        while let byte = rest.first, byte.isSpace { rest.removeFirst() }
        while let byte = rest.last, byte.isSpace { rest.removeLast() }
        return rest
    }

    /// The members of a comma-separated list, without optional white space and empty members (RFC 9110 §5.6.1).
    func listMembers() -> [SubSequence] {
        split(separator: UInt8(ascii: ",")).map { $0.trimmingSpaces() as SubSequence }.filter { !$0.isEmpty }
    }

    /// Whether the bytes are an ASCII word in any case.
    ///
    /// - Parameter word: in lower case.
    func isWord(_ word: String) -> Bool { elementsEqual(word.utf8) { $0.lowercasedASCII == $1 } }

    /// Whether an ASCII word is somewhere in the bytes, in any case.
    ///
    /// - Parameter word: in lower case and not empty.
    func containsWord(_ word: String) -> Bool {
        var rest = self[...]
        while let start = rest.firstIndex(where: { $0.lowercasedASCII == word.utf8.first }) {
            rest = rest[start...]
            if rest.prefix(word.utf8.count).isWord(word) { return true }
            rest.removeFirst()
        }
        return false
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    fileprivate var lowercasedASCII: UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
    }
}

extension StringProtocol {
    /// Whether every character is visible ASCII, as in a token or a credential.
    var isVisibleASCII: Bool { hasOnly(0x21...0x7E) }

    var isASCII: Bool { hasOnly(0...0x7F) }

    /// Looks at every byte without a branch, so that the compiler uses vector instructions: a request's headers are
    /// mostly a token of a thousand bytes.
    private func hasOnly(_ range: ClosedRange<UInt8>) -> Bool {
        let isOnly = utf8.withContiguousStorageIfAvailable { bytes in
            var other: UInt8 = 0
            for byte in bytes { other |= byte &- range.lowerBound > range.upperBound &- range.lowerBound ? 1 : 0 }
            return other == 0
        }
        return isOnly ?? utf8.allSatisfy { range.contains($0) }
    }
}
