extension JSON {
    /// A NumericDate in whole Unix seconds (RFC 7519 §2 allows fractions); nil for another type, a negative number and
    /// one of 2⁵² or more, so that sums of dates stay within Int.
    package var numericDate: Int? {
        switch self {
        case .integer(let seconds) where (0..<(1 << 52)).contains(seconds): seconds
        case .number(let seconds) where (0..<0x1p52).contains(seconds): Int(seconds)
        default: nil
        }
    }
}
