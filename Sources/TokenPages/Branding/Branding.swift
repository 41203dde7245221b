import Accounts

/// The name, the logo and the colour that the pages have.
package struct Branding: Sendable {
    let name: String
    /// Nil for the mark of Heirloom.
    let logo: Logo?
    /// Nil for the colours of the style sheet.
    let accent: AccentColor?

    /// What a name is, for messages.
    package static let nameRule = "1 to \(maximumNameLength) visible characters and plain spaces, with none at the ends"

    private static let maximumNameLength = 60

    /// - Parameter name: one that ``isName(_:)`` accepts.
    package init(name: String, logo: Logo?, accent: AccentColor?) {
        self.name = name
        self.logo = logo
        self.accent = accent
    }

    /// Whether the pages may have a name. Its length is in code points.
    package static func isName(_ text: String) -> Bool {
        let limit = maximumNameLength
        guard text.utf8.count <= 4 * limit else { return false }
        let scalars = Array(text.unicodeScalars)
        return (1...limit).contains(scalars.count) && scalars.indices.allSatisfy { isAllowed(scalars, at: $0) }
            && scalars.first != " " && scalars.last != " "
    }

    private static func isAllowed(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        switch scalars[index] {
        case "\u{3000}": false
        // Persian and Indic words need a non-joiner or a joiner between letters. The marks of a letter count as it.
        case "\u{200C}", "\u{200D}":
            index > 0 && index < scalars.count - 1 && isOfLetter(scalars[index - 1]) && isOfLetter(scalars[index + 1])
        default: Username.isVisible(scalars[index])
        }
    }

    private static func isOfLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark:
            true
        default: false
        }
    }

    /// The style sheet of the pages, with the accent.
    var styleSheet: [UInt8] { PackageResources.style_css + Array((accent?.rules ?? "").utf8) }

    /// The mark of Heirloom, in the accent.
    var mark: [UInt8] {
        let color = accent?.light.accent.description ?? Branding.markColor
        return PackageResources.mark_svg.replacing(Array(Branding.markColor.utf8), with: Array(color.utf8))
    }

    /// The colour in mark.svg.
    private static let markColor = "#2d7d68"
}
