/// Full case folding of single characters. Characters are equal after it if and only if they are after the mappings C
/// and F of Unicode's CaseFolding.txt, but the result is in lower case for Cherokee too.
enum CaseFolding {
    static func fold(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.isASCII { return Array(scalar.properties.lowercaseMapping.unicodeScalars) }
        // Its upper case is I, but it is another letter than i.
        if scalar == "\u{131}" { return [scalar] }
        // Lower case first, because ẞ has no upper case but ß has: SS. Through the upper case, ς and ſ become σ and s.
        return scalar.properties.lowercaseMapping.unicodeScalars
            .flatMap { $0.properties.uppercaseMapping.unicodeScalars }
            .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    }
}
