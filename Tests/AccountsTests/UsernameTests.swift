import Accounts
import Testing
import TokenCore

struct UsernameTests {
    @Test(arguments: [
        "", " ", "\u{3000}", "a\u{0}b", "a\nb", "a\u{202E}b", String(repeating: "x", count: 129),
        String(repeating: "\u{E9}", count: 65), String(repeating: "x", count: 20_000),
        // Characters that show nothing.
        "ada\u{3164}", "\u{3164}", "a\u{34F}da", "a\u{115F}da", "\u{1160}", "a\u{2800}", "a\u{AD}da", "a\u{200B}da",
        "a\u{2060}da", "ada\u{E0061}", "ada\u{FE0F}", "a\u{180B}", "a\u{FFA0}", "\u{FEFF}ada", "a\u{17B4}",
        "a\u{1D159}", "a\u{13441}", "a\u{16FE4}", "a\u{FFFC}", "a\u{FFFD}", "a\u{A0}b", "a\u{2003}b", "a\u{2028}b",
        "a\u{E000}", "a\u{378}", "a\u{FFFF}", "a\u{61C}b",
        // Joiners out of their contexts.
        "a\u{200C}b", "a\u{200D}b", "\u{200C}\u{62E}", "\u{62E}\u{200C}", "\u{62E}\u{200D}\u{62E}",
        "\u{648}\u{200C}\u{62E}", "\u{1F469}\u{200D}\u{1F4BB}",
        // The forms of ids.
        "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b", "0199A1B2-C3D4-7E5F-8A6B-0C1D2E3F4A5B", "client:web", "CLIENT:x",
        "\u{FF43}lient:web", "client\u{FF1A}web", "\u{FF10}199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b",
    ])
    func `other texts are refused`(text: String) { #expect(Username(text) == nil) }

    @Test(arguments: [
        "ada@example.com", "Grace H", "\u{3A9}", "\u{1F40E}\u{1F50B}", "O'Hara-Smith", "clients", "\u{E9}\u{308}",
        // A Persian name with a non-joiner, also behind a mark, and joiners behind a virama.
        "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}", "\u{628}\u{64B}\u{200C}\u{628}",
        "\u{915}\u{94D}\u{200D}\u{937}", "\u{915}\u{94D}\u{200C}\u{937}", String(repeating: "\u{E9}", count: 64),
        "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5", "0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5g",
    ])
    func `visible texts are accepted as they are`(text: String) { #expect(Username(text)?.text == text) }

    /// RFC 8265 §3.3 with folding: pairs of names that are one name.
    @Test(arguments: [
        ("Ada", "aDA"), ("Ren\u{E9}", "rene\u{301}"), ("ΝΙΚΟΣ", "νικος"), ("νικοσ", "νικος"), ("Νίκος", "ΝΊΚΟΣ"),
        ("\u{FF41}\u{FF44}\u{FF41}", "Ada"), ("\u{FF76}\u{FF9E}", "\u{30AC}"), ("\u{FF8A}\u{FF9F}", "\u{30D1}"),
        ("\u{FFE6}", "\u{20A9}"), ("\u{FFDC}", "\u{3163}"), ("a\u{3000}b", "a b"), ("Straße", "STRASSE"),
        ("STRAẞE", "strasse"), ("\u{17F}am", "SAM"), ("\u{212A}im", "kim"), ("\u{FB01}n", "FIN"),
        ("\u{1F80}", "\u{1F08}\u{399}"), ("\u{390}", "\u{3B9}\u{308}\u{301}"), ("\u{130}", "i\u{307}"),
        ("\u{13A0}", "\u{AB70}"), ("\u{3F4}", "\u{3B8}"), (" ada", "ada"), ("ada ", "ada"), ("ada\u{A0}", "ada"),
        ("\u{3000}ada\u{2003}", "ada"), ("a\u{316}\u{301}", "\u{E1}\u{316}"),
    ])
    func `names are compared folded`(name: String, same: String) {
        let keys = Username(name)?.keys.folded
        #expect(keys != nil && keys == Username(same)?.keys.folded)
    }

    @Test(arguments: [("ada", "ada1"), ("\u{131}", "i"), ("\u{645}\u{6CC}\u{200C}\u{62E}", "\u{645}\u{6CC}\u{62E}")])
    func `different names stay different`(name: String, other: String) {
        #expect(Username(name)?.keys.folded != Username(other)?.keys.folded)
    }

    @Test func `a folded name does not change when it is folded again`() {
        let ranges: [Range<UInt32>] = [0x20..<0x3100, 0xA640..<0xAC00, 0xFB00..<0xFFFF, 0x10400..<0x10600]
        for value in ranges.joined() {
            guard let scalar = Unicode.Scalar(value), let name = Username("a\(scalar)") else { continue }
            #expect(Username(name.keys.folded)?.keys.folded == name.keys.folded, "\(value)")
            #expect(Username(name.keys.exact)?.keys.folded == name.keys.folded, "\(value)")
        }
    }

    /// The form in which version 0.1.0 compared names, by which an older node finds users.
    @Test func `the exact form is the lower case in NFC`() {
        #expect(Username("ΝΙΚΟΣ")?.keys.exact == "νικοσ")
        #expect(Username("νικος")?.keys.exact == "νικος")
        #expect(Username("\u{FF21}da")?.keys.exact == "\u{FF41}da")
        #expect(GivenName("A\u{3164}")?.keys.exact == "a\u{3164}")
    }

    @Test(arguments: ["a\u{0}", "a\u{7F}", String(repeating: "x", count: 385)])
    func `a name that no user can have has no keys`(text: String) { #expect(GivenName(text) == nil) }
}
