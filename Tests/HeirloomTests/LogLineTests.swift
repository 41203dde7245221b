import Heirloom
import Logging
import StrictCoding
import Testing
import TokenCore

@Suite("Log lines")
struct LogLineTests {
    private func line(_ value: String, key: String = "error") -> LogLine {
        LogLine(time: Timestamp(seconds: 0), level: .warning, message: "The store failed", details: [(key, value)])
    }

    @Test(
        "a value is quoted unless it is a plain word",
        arguments: [
            ("word", "word"), ("10.0.0.1:8080", "10.0.0.1:8080"), ("é", "é"), ("", "\"\""),
            ("two words", "\"two words\""),
            ("a=b", "\"a=b\""), ("say \"no\"", "\"say \\\"no\\\"\""), ("C:\\x", "\"C:\\\\x\""),
            ("a\nlevel=error", "\"a\\nlevel=error\""), ("a\r\tb", "\"a\\r\\tb\""), ("\u{1B}[2J", "\"\\u{1b}[2J\""),
            ("\u{85}\u{202E}", "\"\\u{85}\\u{202e}\""), ("a\u{2028}b", "\"a\\u{2028}b\""), ("\u{7F}", "\"\\u{7f}\""),
        ])
    func quotesValues(value: String, written: String) {
        #expect(
            line(value).logfmt
                == "time=1970-01-01T00:00:00.000Z level=warning message=\"The store failed\" error=\(written)\n")
    }

    @Test("a name has no character that ends it")
    func cleansNames() { #expect(line("x", key: "a b=\"c\nd").logfmt.hasSuffix(" a_b__c_d=x\n")) }

    @Test("JSON has the same members, and one line")
    func writesJSON() throws {
        let text = line("a\n\"b\"").json
        #expect(text.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let json = try JSONReader.read(Array(text.utf8))
        #expect(json["message"]?.string == "The store failed" && json["level"]?.string == "warning")
        #expect(json["metadata"]?["error"]?.string == "a\n\"b\"")
    }
}
