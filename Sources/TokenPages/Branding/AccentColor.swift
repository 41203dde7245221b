/// The colour of links and buttons: as it was chosen on light pages, and a lighter shade of it on dark pages.
package struct AccentColor: Sendable {
    package let light: Shade
    package let dark: Shade

    /// The accent on pages of one theme, with what depends on it.
    package struct Shade: Sendable {
        package let accent: RGBColor
        /// The text on buttons.
        package let text: RGBColor
        /// The background of badges and notices.
        package let tint: RGBColor
        /// All backgrounds that text of the accent has.
        package let backgrounds: [RGBColor]

        init(_ accent: RGBColor, paper: RGBColor, card: RGBColor) {
            self.accent = accent
            text = [RGBColor.white, .black].max { $0.contrast(with: accent) < $1.contrast(with: accent) } ?? .white
            tint = card.mixed(with: accent, share: 0.12)
            backgrounds = [paper, card, tint]
        }

        /// The background on which the accent is hardest to read, and the contrast with it.
        var worst: (background: RGBColor, contrast: Double) {
            backgrounds.map { ($0, accent.contrast(with: $0)) }.min { $0.1 < $1.1 } ?? (tint, 1)
        }

        /// Whether text of the accent can be read, and text on it.
        var isReadable: Bool {
            worst.contrast >= AccentColor.leastContrast && text.contrast(with: accent) >= AccentColor.leastContrast
        }
    }

    /// WCAG 2.1 §1.4.3.
    package static let leastContrast = 4.5

    /// A colour that cannot be read on light pages.
    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String
    }

    package init(_ color: RGBColor) throws(Unreadable) {
        light = AccentColor.onLight(color)
        guard light.isReadable else {
            let (background, contrast) = light.worst
            // Rounded down, so that no ratio that is too low looks sufficient.
            let hundredths = Int(contrast * 100)
            let ratio = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
            let darker = AccentColor.readable(color, towards: .black, AccentColor.onLight).accent
            throw Unreadable(
                description: "\(color) has a contrast of \(ratio):1 with \(background), a background of the pages, and "
                    + "text needs 4.5:1 (WCAG 2.1); choose a darker colour, such as \(darker)")
        }
        dark = AccentColor.readable(color, towards: .white, AccentColor.onDark)
    }

    // The colours --paper and --card of style.css.

    private static func onLight(_ color: RGBColor) -> Shade {
        Shade(color, paper: RGBColor("#f7f5f1") ?? .white, card: RGBColor("#fffefb") ?? .white)
    }

    private static func onDark(_ color: RGBColor) -> Shade {
        Shade(color, paper: RGBColor("#171614") ?? .black, card: RGBColor("#201f1c") ?? .black)
    }

    /// The first readable shade on the way to black or white, each of which is readable on the pages.
    private static func readable(
        _ color: RGBColor, towards end: RGBColor, _ shade: (RGBColor) -> Shade
    ) -> Shade {
        let steps = 25
        for step in 0..<steps {
            let mixed = shade(color.mixed(with: end, share: Double(step) / Double(steps)))
            if mixed.isReadable { return mixed }
        }
        return shade(end)
    }

    /// What replaces the colours of style.css.
    var rules: String {
        """
        :root { \(AccentColor.properties(light)) }
        @media (prefers-color-scheme: dark) { :root { \(AccentColor.properties(dark)) } }

        """
    }

    private static func properties(_ shade: Shade) -> String {
        "--accent: \(shade.accent); --on-accent: \(shade.text); --tint: \(shade.tint);"
    }
}
