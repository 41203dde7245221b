import Heirloom
import StrictCoding
import Testing

struct ArchiveFileTests {
    private func isRow(_ text: String) throws -> Bool {
        ArchiveFile.decode(try JSONReader.read(Array(text.utf8))) != nil
    }

    @Test(arguments: [
        #"{"table":"feed","newest":9007199254740992}"#, #"{"table":"events","at":-9007199254740992,"detail":null}"#,
        #"{"table":"sessions","session_id":["AAAA"],"scope":"\u00e9"}"#, #"{"table":"subjects"}"#,
    ])
    func `what an export writes is a row`(text: String) throws { #expect(try isRow(text)) }

    @Test(arguments: [
        "1", "[]", "{}", #"{"table":1}"#, #"{"table":"sqlite_schema"}"#, "{\"table\":\"events\u{301}\"}",
        #"{"table":"feed"}"#, #"{"table":"feed","newest":"1"}"#, #"{"table":"feed","newest":null}"#,
        #"{"table":"feed","newest":9007199254740993}"#, #"{"table":"events","at":9223372036854775807}"#,
        #"{"table":"events","at":-9223372036854775808}"#, #"{"table":"events","at":9223372036854775808}"#,
        #"{"table":"events","at":1.0}"#, #"{"table":"events","at":true}"#, #"{"table":"events","at":{}}"#,
        #"{"table":"events","hash":[]}"#, #"{"table":"events","hash":["AA","AA"]}"#,
        #"{"table":"events","hash":["A"]}"#, #"{"table":"events","hash":[1]}"#,
        "{\"table\":\"events\",\"at\u{301}\":1}",
    ])
    func `anything else is not a row`(text: String) throws { #expect(try !isRow(text)) }
}
