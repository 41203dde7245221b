/// Text for a terminal, from names that others have chosen.
package enum TerminalText {
    /// Replaces characters that move the cursor, reorder the text around them or show nothing by `\u{…}`. Keeps line
    /// feeds.
    package static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\n" || isShown(scalar) {
                escaped.append(scalar)
            } else {
                escaped.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            }
        }
        return String(escaped)
    }

    /// How many columns of a terminal a text takes: two for each wide character, none for marks.
    package static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch (scalar.properties.generalCategory, scalar.value) {
        // Joiners belong to the spelling of names, and variation selectors to emoji.
        case (_, 0x200C...0x200D), (_, 0xFE00...0xFE0F): true
        case (.control, _), (.format, _), (.surrogate, _), (.privateUse, _), (.unassigned, _): false
        case (.lineSeparator, _), (.paragraphSeparator, _): false
        default: !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: 0
        default: wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The blocks of wide characters (UAX #11) and of emoji.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1B000...0x1B2FF, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
