extension StringProtocol {
    /// The text without spaces and tabs at its ends: optional white space (RFC 9110 §5.6.3).
    func trimmingSpaces() -> SubSequence {
        var slice = self[...]
        while slice.first == " " || slice.first == "\t" { slice = slice.dropFirst() }
        while slice.last == " " || slice.last == "\t" { slice = slice.dropLast() }
        return slice
    }
}
