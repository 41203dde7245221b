import Testing
import TokenPages

struct BrandingNameTests {
    @Test(arguments: [
        // Persian; Marathi, with a joiner after a virama; Bengali, with a joiner before one; Sinhala.
        "دانش\u{200C}آموزان", "می\u{200C}خواهم خانه\u{200C}ها", "र\u{94D}\u{200D}याचा", "র\u{200D}\u{9CD}যাব",
        "ශ\u{DCA}\u{200D}රී ලංකා", "Acme & Söhne",
    ])
    func `a name may have joiners between letters`(name: String) {
        #expect(Branding.isName(name))
    }

    @Test(arguments: [
        "\u{200C}آموز", "دانش\u{200C}", "\u{200D}", "a\u{200D}", "دانش\u{200C} آموز", "دانش \u{200C}آموز",
        "دانش\u{200C}\u{200C}آموز", "ش\u{200C}\u{200D}آ", "1\u{200D}2", "\u{1F469}\u{200D}\u{1F4BB}", "a\u{200B}b",
        "a\u{2060}b", "a\u{200E}b", "a\u{FEFF}b",
    ])
    func `a name has no joiner elsewhere and no other character that is not visible`(name: String) {
        #expect(!Branding.isName(name))
    }
}
