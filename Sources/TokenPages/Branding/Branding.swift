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
        let scalars = text.unicodeScalars
        return (1...limit).contains(scalars.count) && scalars.allSatisfy { $0 != "\u{3000}" && Username.isVisible($0) }
            && scalars.first != " " && scalars.last != " "
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
