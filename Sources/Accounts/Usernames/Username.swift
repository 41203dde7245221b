package import TokenCore

/// A name that a user may have: as it was given, without white space at its ends and in NFC, and as it is compared.
///
/// Comparison follows RFC 8265 §3.3 with folding instead of lower case: names that differ in case, in the form of a
/// final sigma, in width or in composition are equal.
package struct Username: Sendable, Equatable {
    /// The longest name, in bytes of UTF-8.
    package static let maximumLength = 128

    package let text: String
    package let keys: UsernameKeys

    /// - Returns: nil when the name is empty, longer than ``maximumLength``, has the form of an id, or contains
    ///   characters that are not visible.
    package init?(_ text: String) {
        guard let given = GivenName(text), !given.text.isEmpty, given.text.utf8.count <= Username.maximumLength,
            Username.isVisible(given.text), Username.isVisible(given.keys.folded), !Username.isID(given.keys.folded)
        else { return nil }
        self.text = given.text
        keys = given.keys
    }

    /// What a name is, for messages.
    package static let rule =
        "1 to \(maximumLength) bytes of visible characters and plain spaces, and not the form of an id"
}

// MARK: - Characters

extension Username {
    private static func isVisible(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.allSatisfy { index in
            switch scalars[index] {
            case "\u{200C}": joinsCursive(scalars, at: index) || followsVirama(scalars, at: index)
            case "\u{200D}": followsVirama(scalars, at: index)
            default: isVisible(scalars[index])
            }
        }
    }

    /// Whether a character is drawn, or is a space of the width of a letter.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .spaceSeparator: return scalar == " " || scalar == "\u{3000}"
        default: return !scalar.properties.isDefaultIgnorableCodePoint && !isBlank(scalar)
        }
    }

    /// Characters of other categories that show nothing, and those that stand in for what could not be decoded.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2800, 0x16FE4, 0x1D159, 0x13441, 0x13442, 0xFFFC, 0xFFFD: true
        default: false
        }
    }

    /// RFC 5892 appendices A.1 and A.2, their first rule.
    private static func followsVirama(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        index > 0 && scalars[index - 1].properties.canonicalCombiningClass == .virama
    }

    /// RFC 5892 appendix A.1, its second rule: between letters that join each other.
    private static func joinsCursive(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        let before = scalars[..<index].reversed().lazy.map { JoiningType($0) }.first { $0 != .transparent }
        let after = scalars[(index + 1)...].lazy.map { JoiningType($0) }.first { $0 != .transparent }
        return (before == .dual || before == .left) && (after == .dual || after == .right)
    }
}

// MARK: - Ids

extension Username {
    /// Whether a folded name could be taken for the id of a subject or of a client.
    private static func isID(_ folded: String) -> Bool {
        let bytes = Array(folded.utf8)
        if bytes.starts(with: "client:".utf8) { return true }
        return bytes.count == 36
            && bytes.indices.allSatisfy { index in
                switch index {
                case 8, 13, 18, 23: bytes[index] == UInt8(ascii: "-")
                default: Character(Unicode.Scalar(bytes[index])).isHexDigit
                }
            }
    }
}
