import HTTPTypes
import Testing
import TokenHTTP

@Suite("Accepted languages")
struct AcceptedLanguagesTests {
    private func preferred(_ values: String...) -> String? {
        var fields = HeaderFields()
        for value in values { fields.append(.acceptLanguage, value) }
        return AcceptedLanguages(fields).preferred(among: ["en", "de"])
    }

    @Test(
        "the range with the greatest weight decides, the first of several",
        arguments: [
            ("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de-Latn-CH-1996", "de"), ("en, de", "en"), ("de, en", "de"),
            ("de;q=0.3, en;q=0.4", "en"), ("de;q=0.399 , en;q=0.4", "en"), ("de ; q=1.000, en", "de"),
            ("fr, de;q=0.1", "de"), ("fr-FR, fr;q=0.9, de;q=0.8, en;q=0.7", "de"), ("de;Q=0.5", "de"), ("*", "en"),
            ("*, de", "en"), ("en;q=0, *", "de"), ("*;q=0.5, en;q=0.1", "de"), ("de;q=0.001", "de"), ("de,", "de"),
        ])
    func weights(header: String, language: String) {
        #expect(preferred(header) == language)
    }

    @Test(
        "a header that accepts none of the languages, or is malformed, prefers none",
        arguments: [
            "", " ", "fr", "de;q=0", "de;q=0.000", "*;q=0", "deu", "d", "de de", "de;q", "de;q=", "de;q=2",
            "de;q=1.001",
            "de;q=0.1234", "de;q=.5", "de;q=-1", "de;q=0,5", "de;q=0.5;x=1", "de;level=1", "de-", "-de", "de_AT",
            "d\u{435}",
            "de-toolongsubtag", "de, \u{fc}", "**", "*-de", "q=1", "de\u{37e}q=1", "de;q=1e0", "de;q=00", "de;q=0x1",
        ])
    func refused(header: String) {
        #expect(preferred(header) == nil)
    }

    @Test("several fields are one list")
    func severalFields() {
        #expect(preferred("en;q=0.2", "de;q=0.3") == "de")
        #expect(preferred("de", "e n") == nil)
    }

    @Test("the length and the number of ranges are limited")
    func limits() {
        #expect(preferred(Array(repeating: "de", count: 32).joined(separator: ",")) == "de")
        #expect(preferred(Array(repeating: "de", count: 33).joined(separator: ",")) == nil)
        #expect(preferred("de" + String(repeating: ",", count: 1022)) == "de")
        #expect(preferred("de" + String(repeating: ",", count: 1000), String(repeating: ",", count: 23)) == nil)
        #expect(preferred("de" + String(repeating: ",", count: 1_000_000)) == nil)
    }
}
