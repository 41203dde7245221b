import Heirloom
import Testing

struct TerminalTests {
    @Test(arguments: [
        ("laptop", "laptop"), ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("a\u{202E}b", "a\\u{202E}b"),
        ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"), ("a\u{200B}b", "a\\u{200B}b"), ("a\tb", "a\\u{9}b"),
        ("a\u{85}b\u{2028}", "a\\u{85}b\\u{2028}"), ("a\u{E0061}", "a\\u{E0061}"), ("a\u{FEFF}", "a\\u{FEFF}"),
        ("م\u{200C}خ é 日本", "م\u{200C}خ é 日本"), ("a\r\nb", "a\\u{D}\nb"),
        ("a\u{3164}", "a\\u{3164}"), ("\u{2764}\u{FE0F}", "\u{2764}\u{FE0F}"),
    ])
    func `characters that act on the terminal are escaped`(text: String, shown: String) {
        #expect(TerminalText.escaped(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
    }

    @Test func `columns are as wide as what they show`() {
        let rows = [
            ["NAME", "STATE", "ID"], ["日本", "active", "1"], ["e\u{301}", "disabled", "22"], ["a\nb", "x", "3"],
        ]
        #expect(
            TerminalTable.lines(rows) == [
                "NAME     STATE     ID", "日本     active    1", "e\u{301}        disabled  22", "a\\u{A}b  x         3",
            ])
    }

    @Test func `one long cell does not widen its column`() {
        let long = String(repeating: "x", count: 128)
        let rows = [["NAME", "STATE"], ["ada", "active"], [long, "active"]]
        #expect(TerminalTable.lines(rows) == ["NAME  STATE", "ada   active", "\(long)  active"])
    }

    @Test func `an empty table has no lines`() { #expect(TerminalTable.lines([]).isEmpty) }
}
