/// Maps fullwidth and halfwidth characters to their decomposition mappings (RFC 8265 §3.3.1, UAX #11).
enum WidthMapping {
    /// The characters that U+FF5F to U+FFBE are mapped to, in order.
    private static let halfwidth: [Unicode.Scalar] = Array(
        """
        \u{2985}\u{2986}。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309A}\u{3164}\
        ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ
        """.unicodeScalars)
    /// The characters that U+FFE0 to U+FFE6 are mapped to, in order.
    private static let signs: [Unicode.Scalar] = ["¢", "£", "¬", "\u{AF}", "¦", "¥", "₩"]
    /// The characters that U+FFE8 to U+FFEE are mapped to, in order.
    private static let symbols: [Unicode.Scalar] = ["│", "←", "↑", "→", "↓", "■", "○"]

    static func map(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x3000: " "
        case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
        case 0xFF5F...0xFFBE: halfwidth[Int(scalar.value - 0xFF5F)]
        case 0xFFC2...0xFFC7: vowel(scalar.value - 0xFFC2)
        case 0xFFCA...0xFFCF: vowel(scalar.value - 0xFFCA + 6)
        case 0xFFD2...0xFFD7: vowel(scalar.value - 0xFFD2 + 12)
        case 0xFFDA...0xFFDC: vowel(scalar.value - 0xFFDA + 18)
        case 0xFFE0...0xFFE6: signs[Int(scalar.value - 0xFFE0)]
        case 0xFFE8...0xFFEE: symbols[Int(scalar.value - 0xFFE8)]
        default: scalar
        }
    }

    /// The Hangul compatibility letter of a vowel, U+314F and following.
    private static func vowel(_ index: UInt32) -> Unicode.Scalar { Unicode.Scalar(0x314F + index) ?? " " }
}
