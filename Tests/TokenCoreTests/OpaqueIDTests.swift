import Testing
import TokenCore

struct OpaqueIDTests {
    @Test(arguments: [("K", "\u{212A}"), ("\u{E9}", "e\u{301}"), ("a", "a\u{0}"), ("a", "A"), ("", " ")])
    func `ids are equal when their bytes are equal`(one: String, other: String) {
        #expect(SubjectID(one) != SubjectID(other))
        #expect(ClientID(one) != ClientID(other))
        #expect(Set([SubjectID(one), SubjectID(other), SubjectID(one)]).count == 2)
        #expect(Set([ClientID(one), ClientID(other), ClientID(one)]).count == 2)
        #expect(SubjectID(one) == SubjectID(one))
    }
}
