import Heirloom
import Testing

@Suite("Positions in the configuration")
struct MemberOffsetsTests {
    @Test("each member of an object has the position of its name")
    func findsMembers() {
        let text = """
            { "a": 1,
              "é": { "b\\"}": [ { "c": 2 }, "]" ], "d": "{" }, "e":-1.5e3}
            """
        let bytes = Array(text.utf8)
        let positions = MemberOffsets.all(in: bytes).mapValues { TextPosition(of: $0, in: bytes).description }
        #expect(
            positions == [
                "a": "line 1, column 3", "é": "line 2, column 3", "é.b\"}": "line 2, column 10",
                "é.d": "line 2, column 39", "e": "line 2, column 51",
            ])
    }

    @Test("a text of one value has no member", arguments: ["1", "\"x\"", "[]", "{}", "[{\"a\":1}]", " [ [ ] ] "])
    func findsNone(text: String) { #expect(MemberOffsets.all(in: Array(text.utf8)).isEmpty) }

    @Test("a position at the end of the text is in its last line")
    func countsLines() {
        #expect(TextPosition(of: 4, in: Array("{\n\n\n".utf8)).description == "line 4, column 1")
        #expect(TextPosition(of: 0, in: []).description == "line 1, column 1")
    }
}
